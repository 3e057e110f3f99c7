"""The figures behind names, homes and faults: read from a dated file, each with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

from casetrail.errors import WorldError

OTHER = "other"
TIMES = ("minute", "day")

# What is a number of hours, a spread or a slope; every other figure of an agency is a share from 0 to 1.
_NOT_SHARES = frozenset({"row_missing_per_load", "prompt_hours", "late_median_hours", "late_sigma"})

# Of these at most one befalls a record, so that their sum cannot exceed 1.
EITHER_OR = (
    ("given_missing", "nickname", "shortened", "given_typo"),
    ("dob_missing", "dob_1900", "dob_new_year", "dob_swapped"),
    ("address_missing", "hub_refuge", "hub_hospital", "hub_no_fixed_abode", "address_typo"),
    ("row_repeated", "row_entered_twice"),
)
_WHOLE = ("given_names", "surnames", "towns", "dwellings_per_street", "hubs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How an agency writes: local numbers (prefix and digits), sexes, capitals, times to the minute or to the day."""

    prefix: str
    digits: int
    female: str
    male: str
    capitals: bool
    times: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyFaults:
    """Rates of one agency: shares from 0 to 1; hours where the name says so. The file says of what each is a share."""

    form: Form
    given_missing: float
    nickname: float
    shortened: float
    given_typo: float
    surname_typo: float
    half_surname: float
    old_surname: float
    dob_missing: float
    dob_1900: float
    dob_new_year: float
    dob_swapped: float
    unborn_not_updated: float
    sex_missing: float
    old_address: float
    address_missing: float
    hub_refuge: float
    hub_hospital: float
    hub_no_fixed_abode: float
    address_typo: float
    postcode_missing: float
    second_record: float
    rows_to_second: float
    row_missing: float
    row_missing_per_load: float
    row_late: float
    prompt_hours: float
    late_median_hours: float
    late_sigma: float
    row_repeated: float
    row_entered_twice: float
    involvement_missing: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRates:
    """What names and homes are like: counts, shares from 0 to 1, and rates per household and year."""

    given_names: float
    surnames: float
    name_skew: float
    double_barrelled: float
    sibling_differs: float
    twins_alike: float
    name_changes_per_year: float
    name_change_shared: float
    name_change_doubles: float
    moves_per_year: float
    towns: float
    dwellings_per_street: float
    hubs: float
    due_date_spread_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipShares:
    """What kind a slip in writing is: shares that add up to 1."""

    keyboard: float
    transposed: float
    left_out: float
    scanned: float


RATES = tuple(item.name for item in fields(AgencyFaults) if item.name != "form")


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """All figures. `sources` gives the source of each by (section, figure)."""

    dated: date
    common_number_share: float
    identity: IdentityRates
    slips: SlipShares
    agencies: Mapping[str, AgencyFaults]
    sources: Mapping[tuple[str, str], str] = field(repr=False)

    def of(self, agency: str) -> AgencyFaults:
        """The rates of an agency; one without a section of its own has those of `other`, under its own initials."""
        found = self.agencies.get(agency)
        if found is not None:
            return found
        other = self.agencies[OTHER]
        initials = "".join(sign for sign in agency.upper() if sign.isascii() and sign.isalnum())[:3]
        return replace(other, form=replace(other.form, prefix=f"{initials}-"))

    def changed(self, agency: str | None = None, **rates: float) -> Faults:
        """The same with other rates, for one agency or (None) for all. Raises WorldError for what cannot be a rate."""
        names = tuple(self.agencies) if agency is None else (agency,)
        agencies = {**self.agencies, **{name: _changed(self.of(name), rates, name) for name in names}}
        sources = {(name, key): "set by the caller" for name in names for key in rates}
        return replace(self, agencies=agencies, sources={**self.sources, **sources})

    def with_common_number(self, share: float) -> Faults:
        """The same with another share of records that carry the common number. Raises WorldError outside 0 to 1."""
        _share("common_number", "share", share)
        sources = {**self.sources, ("common_number", "share"): "set by the caller"}
        return replace(self, common_number_share=share, sources=sources)

    def without(self) -> Faults:
        """No fault at all: every row is recorded at once, every record is right. Common numbers stay as they are."""
        none = dict.fromkeys(set(RATES) - {"late_median_hours", "late_sigma"}, 0.0)
        return self.changed(None, **none)


def read_faults(path: Path | None = None) -> Faults:
    """Read a parameter file; None reads the one that comes with casetrail.

    Raises WorldError when a figure is missing, unknown, without source, or out of range.
    """
    shipped = resources.files("casetrail.world.holdings").joinpath("faults.toml")
    try:
        read = tomllib.loads((shipped if path is None else path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as failure:
        raise WorldError(
            f"The file of faults cannot be read ({type(failure).__name__}).",
            where="faults.toml" if path is None else path.name,
            todo="Start from a copy of the file that comes with casetrail.",
            code="faults",
        ) from None
    return _faults(read)


def _faults(read: Mapping[str, Any]) -> Faults:
    _known("faults.toml", read, names=("dated", "common_number", "identity", "slips", "agency"))
    if not isinstance(read["dated"], date):
        _refuse("dated", "The file has no date.", "Write dated = 2026-11-23.")
    if OTHER not in read["agency"]:
        _refuse("agency.other", "A section is missing.", "Give the rates of agencies without one of their own.")
    sources: dict[tuple[str, str], str] = {}
    base = _figures("agency.other", read["agency"][OTHER], names=(*RATES, "form"), sources=sources)
    agencies = {}
    for name, section in read["agency"].items():
        own = _figures(f"agency.{name}", section, names=(*RATES, "form"), sources=sources, partly=True)
        form = _form(name, section.get("form", read["agency"][OTHER].get("form")))
        agencies[name] = _checked(AgencyFaults(form=form, **{**base, **own}), name)
    share = _figures("common_number", read["common_number"], names=("share",), sources=sources)["share"]
    _share("common_number", "share", share)
    identity = IdentityRates(**_figures("identity", read["identity"], names=_names(IdentityRates), sources=sources))
    slips = SlipShares(**_figures("slips", read["slips"], names=_names(SlipShares), sources=sources))
    _check_identity(identity, slips)
    return Faults(
        dated=read["dated"],
        common_number_share=share,
        identity=identity,
        slips=slips,
        agencies=agencies,
        sources=sources,
    )


def _names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


def _figures(
    place: str,
    section: Mapping[str, Any],
    *,
    names: tuple[str, ...],
    sources: dict[tuple[str, str], str],
    partly: bool = False,
) -> dict[str, float]:
    _known(place, section, names=names, partly=partly)
    found: dict[str, float] = {}
    for name, entry in section.items():
        if name == "form":
            continue
        figure = isinstance(entry, Mapping) and set(entry) == {"value", "source"}
        if not figure or isinstance(entry["value"], bool) or not isinstance(entry["value"], int | float):
            _refuse(f"{place}.{name}", "A figure must have a number and its source.", '{ value = 0.1, source = "…" }')
        if not str(entry["source"]).strip():
            _refuse(f"{place}.{name}", "A figure has no source.", 'Write whose it is, or "own choice".')
        found[name] = float(entry["value"])
        sources[place.removeprefix("agency."), name] = str(entry["source"])
    return found


def _known(place: str, section: Mapping[str, Any], *, names: tuple[str, ...], partly: bool = False) -> None:
    strange = sorted(set(section) - set(names))
    absent = [] if partly else sorted(set(names) - set(section))
    if strange or absent:
        _refuse(place, "A figure is unknown or missing.", f"Look at: {', '.join((*strange, *absent))}.")


def _form(name: str, entry: Any) -> Form:
    where = f"agency.{name}.form"
    if not isinstance(entry, Mapping) or set(entry) != set(_names(Form)):
        _refuse(where, "The form is not complete.", f"Give {', '.join(_names(Form))}.")
    form = Form(**entry)
    if form.times not in TIMES or not 1 <= form.digits <= 12 or not form.prefix.isascii():
        _refuse(where, "The form is out of range.", 'times = "minute" or "day", digits from 1 to 12, prefix in ASCII.')
    return form


def _changed(before: AgencyFaults, rates: Mapping[str, float], name: str) -> AgencyFaults:
    _known(f"agency.{name}", rates, names=RATES, partly=True)
    changes: dict[str, Any] = dict(rates)
    return _checked(replace(before, **changes), name)


def _checked(made: AgencyFaults, name: str) -> AgencyFaults:
    for key in RATES:
        value = getattr(made, key)
        if key in _NOT_SHARES:
            if not 0 <= value < 1e6:
                _refuse(f"agency.{name}.{key}", "A figure is out of range.", "Use a number from 0 on.")
        else:
            _share(f"agency.{name}", key, value)
    for group in EITHER_OR:
        if sum(getattr(made, key) for key in group) > 1 + 1e-9:
            _refuse(f"agency.{name}", "Shares that exclude each other exceed 1.", f"Lower one of: {', '.join(group)}.")
    return made


def _share(place: str, name: str, value: float) -> None:
    if not 0 <= value <= 1:
        _refuse(f"{place}.{name}", "A share is not from 0 to 1.", "Correct it.")


def _check_identity(identity: IdentityRates, slips: SlipShares) -> None:
    for name in _names(IdentityRates):
        value = getattr(identity, name)
        whole = name in _WHOLE
        if not 0 <= value <= 1e5 or (whole and (value < 1 or value != int(value))):
            _refuse(f"identity.{name}", "A figure is out of range.", "Use a number from 0 on; a count from 1 on.")
        if name.startswith(("double", "sibling", "twins", "name_change_")):
            _share("identity", name, value)
    if abs(sum(getattr(slips, name) for name in _names(SlipShares)) - 1) > 1e-9:
        _refuse("slips", "The shares of slips do not add up to 1.", "Correct them.")


def _refuse(where: str, what: str, todo: str) -> NoReturn:
    raise WorldError(what, where=f"faults: {where}", todo=todo, code="faults")
