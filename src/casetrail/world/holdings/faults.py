"""What one agency holds of who somebody is: the truth of the time of contact, with that agency's faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from casetrail.world.holdings.clock import Flags
from casetrail.world.holdings.identity import NONE, Identity
from casetrail.world.holdings.names import Numbers, Texts
from casetrail.world.holdings.parameters import AgencyFaults, Faults
from casetrail.world.holdings.places import DOORS, NO_FIXED_ABODE, address_text, postcode_text, town_text
from casetrail.world.holdings.records import LocalRecords
from casetrail.world.holdings.slips import slip

UNBORN = "Unborn"
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_1900 = date(1900, 1, 1).toordinal() - _EPOCH_DAY


@dataclass(frozen=True, slots=True)
class Held:
    """What an agency holds of each of its records: texts, days counted from 1970, and what was planted where.

    `planted` maps the name of a fault to a flag per record. `able` says for a fault that cannot befall every record
    which ones it could have befallen.
    """

    given: pa.Array
    surname: pa.Array
    born: pa.Array
    due: pa.Array
    sex: pa.Array
    address: pa.Array
    town: pa.Array
    postcode: pa.Array
    planted: Mapping[str, Flags]
    able: Mapping[str, Flags]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Where an agency's clerks write: the true identities, its records, its rates and its luck."""

    truth: Identity
    records: LocalRecords
    rates: AgencyFaults
    faults: Faults
    rng: np.random.Generator

    @property
    def size(self) -> int:
        return len(self.records.row)

    def share(self, rate: float) -> Flags:
        """A drawn share of the records."""
        drawn: Flags = self.rng.random(self.size) < rate
        return drawn

    def either(self, *names: str) -> dict[str, Flags]:
        """Drawn shares of the records for faults of which at most one befalls a record."""
        bounds = np.cumsum([getattr(self.rates, name) for name in names])
        which = np.searchsorted(bounds, self.rng.random(self.size), side="right")
        return {name: which == place for place, name in enumerate(names)}


def hold(truth: Identity, records: LocalRecords, *, agency: str, faults: Faults, rng: np.random.Generator) -> Held:
    """What `agency` holds of the persons of its records."""
    desk = _Desk(truth=truth, records=records, rates=faults.of(agency), faults=faults, rng=rng)
    early = records.opened_us < truth.born_us[records.row]
    used_after = early & (records.last_us >= truth.born_us[records.row])
    not_updated = used_after & desk.share(desk.rates.unborn_not_updated)
    unborn = early & (~used_after | not_updated)
    given, given_faults = _given(desk, unborn)
    surname, surname_faults, surname_able = _surname(desk, unborn)
    born, due, born_faults, born_able = _born(desk, unborn)
    address, town, postcode, home_faults, home_able = _home(desk)
    sex, sex_missing = _sex(desk, unborn)
    if desk.rates.form.capitals:
        given, surname = pc.utf8_upper(given), pc.utf8_upper(surname)
    planted = {
        "unborn": unborn,
        "unborn_not_updated": not_updated,
        **given_faults,
        **surname_faults,
        **born_faults,
        **home_faults,
        "sex_missing": sex_missing,
    }
    named = dict.fromkeys((*given_faults, "sex_missing"), ~unborn)
    able = {**named, "unborn_not_updated": used_after, **born_able, **surname_able, **home_able}
    return Held(
        given, surname, born, due, sex, address, town, postcode, MappingProxyType(planted), MappingProxyType(able)
    )


def _text(values: Texts) -> pa.Array:
    return pa.array(values, pa.string())


def _given(desk: _Desk, unborn: Flags) -> tuple[pa.Array, dict[str, Flags]]:
    names, given = desk.truth.given_names, desk.truth.given[desk.records.row]
    drawn = desk.either("given_missing", "nickname", "shortened", "given_typo")
    found = {name: flags & ~unborn for name, flags in drawn.items()}
    written = names.full[given]
    written = np.where(found["nickname"], names.nickname[given], written)
    written = np.where(found["shortened"], names.shortened[given], written)
    written = slip(written, found["given_typo"], shares=desk.faults.slips, rng=desk.rng)
    written[found["given_missing"]] = None
    written[unborn] = UNBORN
    return _text(written), found


def _surname(desk: _Desk, unborn: Flags) -> tuple[pa.Array, dict[str, Flags], dict[str, Flags]]:
    truth, records = desk.truth, desk.records
    first, last = (truth.surname.at(records.row, us) for us in (records.opened_us, records.last_us))
    name, second = truth.surname.values
    changed = ((name[first] != name[last]) | (second[first] != second[last])) & ~unborn
    old = changed & desk.share(desk.rates.old_surname)
    at = np.where(old, first, last)
    home = truth.home[records.row]
    name = np.where(unborn, truth.mother[0][home], name[at])
    second = np.where(unborn, truth.mother[1][home], second[at])
    doubled = second != NONE
    half = doubled & desk.share(desk.rates.half_surname)
    alone = np.where(half & (desk.rng.random(desk.size) < 0.5), second, name)
    pool = truth.surnames.full
    joined = pc.binary_join_element_wise(_text(pool[name]), _text(pool[second]), "-")
    written = np.array(pc.if_else(pa.array(doubled & ~half), joined, _text(pool[alone])), dtype=np.object_)
    typo = desk.share(desk.rates.surname_typo) & ~half
    written = slip(written, typo, shares=desk.faults.slips, rng=desk.rng)
    found = {"old_surname": old, "half_surname": half, "surname_typo": typo}
    return _text(written), found, {"old_surname": changed, "half_surname": doubled, "surname_typo": ~half}


def _born(desk: _Desk, unborn: Flags) -> tuple[pa.Array, pa.Array, dict[str, Flags], dict[str, Flags]]:
    """Dates of birth and due dates, what was planted, and which records it could befall."""
    day = desk.truth.born_day[desk.records.row]
    dates = day.astype("datetime64[D]")
    year = dates.astype("datetime64[Y]")
    month = (dates.astype("datetime64[M]") - year).astype(np.int64)
    within = (dates - dates.astype("datetime64[M]")).astype(np.int64)
    drawn = desk.either("dob_missing", "dob_1900", "dob_new_year", "dob_swapped")
    swappable = ~unborn & (within < 12) & (within != month)
    found = {name: flags & ~unborn for name, flags in drawn.items()}
    found["dob_swapped"] &= swappable
    # Of a child born on 1 January that day is no fault.
    late_born = ~unborn & ((month != 0) | (within != 0))
    found["dob_new_year"] &= late_born
    swapped = (year.astype("datetime64[M]") + np.where(within < 12, within, month)).astype("datetime64[D]") + month
    written = np.where(found["dob_1900"], _DAY_1900, day)
    written = np.where(found["dob_new_year"], year.astype("datetime64[D]").astype(np.int64), written)
    written = np.where(found["dob_swapped"], swapped.astype(np.int64), written)
    off = np.rint(desk.rng.standard_normal(desk.size) * desk.faults.identity.due_date_spread_days).astype(np.int64)
    return (
        _days(written, ~(unborn | found["dob_missing"])),
        _days(day + off, unborn),
        found,
        {**dict.fromkeys(found, ~unborn), "dob_new_year": late_born, "dob_swapped": swappable},
    )


def _days(days: Numbers, known: Flags) -> pa.Array:
    return pa.array(np.where(known, days, 0).astype(np.int32), mask=~known).cast(pa.date32())


def _sex(desk: _Desk, unborn: Flags) -> tuple[pa.Array, Flags]:
    form = desk.rates.form
    missing = desk.share(desk.rates.sex_missing) & ~unborn
    words = pa.array([form.male, form.female])
    codes = pa.array(desk.truth.female[desk.records.row].astype(np.int32), mask=missing | unborn)
    return words.take(codes), missing


def _home(desk: _Desk) -> tuple[pa.Array, pa.Array, pa.Array, dict[str, Flags], dict[str, Flags]]:
    truth, records, places = desk.truth, desk.records, desk.truth.places
    home = truth.home[records.row]
    (dwelling,) = truth.dwelling.values
    first, last = (dwelling[truth.dwelling.at(home, us)] for us in (records.opened_us, records.last_us))
    old = (first != last) & desk.share(desk.rates.old_address)
    found = desk.either("address_missing", "hub_refuge", "hub_hospital", "hub_no_fixed_abode", "address_typo")
    lived = np.where(old, first, last)
    for fault, hubs in (("hub_refuge", places.refuges), ("hub_hospital", places.hospitals)):
        lived = np.where(found[fault], hubs[desk.rng.integers(0, len(hubs), desk.size)] * DOORS, lived)
    nowhere = found["address_missing"] | found["hub_no_fixed_abode"]
    written = np.array(address_text(places, lived), dtype=np.object_)
    written = slip(written, found["address_typo"], shares=desk.faults.slips, rng=desk.rng)
    written[found["hub_no_fixed_abode"]] = NO_FIXED_ABODE
    written[found["address_missing"]] = None
    lost = desk.share(desk.rates.postcode_missing) & ~nowhere
    planted = {"old_address": old, **found, "postcode_missing": lost}
    able = {"old_address": first != last, "postcode_missing": ~nowhere}
    blank = pa.scalar(None, pa.string())
    town = pc.if_else(pa.array(nowhere), blank, town_text(places, lived))
    postcode = pc.if_else(pa.array(nowhere | lost), blank, postcode_text(places, lived))
    return _text(written), town, postcode, planted, able
