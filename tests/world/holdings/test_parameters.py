"""The file of faults: every figure has a source, is in range, and is in the manual as it is."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from casetrail.errors import WorldError
from casetrail.world.holdings import read_faults
from casetrail.world.holdings.parameters import RATES

FILE = resources.files("casetrail.world.holdings").joinpath("faults.toml")
MANUAL = Path(__file__).parents[3] / "docs" / "world-files.md"


def _whole() -> str:
    return FILE.read_text(encoding="utf-8")


def _read(tmp_path: Path, text: str) -> Any:
    path = tmp_path / "faults.toml"
    path.write_text(text, encoding="utf-8")
    return read_faults(path)


def test_every_figure_has_a_source_and_the_file_a_date() -> None:
    faults = read_faults()
    assert faults.dated == date(2026, 11, 23)
    assert all(faults.sources.values())
    assert {name for section, name in faults.sources if section == "other"} == set(RATES)
    known = ("3agency", "own choice")
    assert all(source.startswith(known) for source in faults.sources.values())


def test_a_section_changes_what_it_names_and_keeps_the_rest() -> None:
    faults = read_faults()
    read = tomllib.loads(_whole())["agency"]
    for agency, section in read.items():
        rates = faults.of(agency)
        for name in RATES:
            entry = section.get(name, read["other"][name])
            assert getattr(rates, name) == (0.0 + entry["value"]), (agency, name)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('share = { value = 1.0, source = "own', 'share = { value = 1.5, source = "own', "common_number.share"),
        ("nickname = { value = 0.03, ", "nickname = { value = -0.1, ", "agency.other.nickname"),
        ("nickname = { value = 0.03, ", "nickname = { value = 0.95, ", "agency.other"),
        ("nickname = { value = 0.03, ", "nicknames = { value = 0.03, ", "agency.other"),
        ('nickname = { value = 0.03, source = "own choice" }', "nickname = 0.03", "agency.other.nickname"),
        ('nickname = { value = 0.03, source = "own choice" }', 'nickname = { value = 0.03, source = " " }', "nickname"),
        ("dated = 2026-11-23", 'dated = "today"', "dated"),
        ("dated = 2026-11-23", "", "faults.toml"),
        ("keyboard = { value = 0.45", "keyboard = { value = 0.40", "slips"),
        ("towns = { value = 6", "towns = { value = 0", "identity.towns"),
        ('capitals = true, times = "minute"', 'capitals = true, times = "hour"', "agency.police.form"),
        ("[agency.other]\nform", "[agency.others]\nform", "agency.other"),
        ("dated =", "dated", "faults.toml"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, old: str, new: str, where: str) -> None:
    text = _whole()
    assert old in text
    with pytest.raises(WorldError) as told:
        _read(tmp_path, text.replace(old, new, 1))
    assert where in str(told.value)
    assert "What to do" in str(told.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="cannot be read"):
        read_faults(tmp_path / "none.toml")


def test_changes_hold_for_one_agency_or_for_all_and_must_be_rates() -> None:
    faults = read_faults()
    one = faults.changed("police", row_missing=0.4)
    assert one.of("police").row_missing == 0.4
    assert one.of("health") == faults.of("health")
    every = faults.changed(row_missing=0.4)
    assert {every.of(name).row_missing for name in ("police", "health", "night shelter")} == {0.4}
    assert faults.changed("night shelter", row_late=1.0).of("night shelter").row_late == 1.0
    for wrong in ({"row_missing": 1.1}, {"row_mising": 0.1}, {"prompt_hours": -1.0}, {"nickname": 0.99}):
        with pytest.raises(WorldError):
            faults.changed(**wrong)
    with pytest.raises(WorldError):
        faults.with_common_number(2)
    none = faults.without().of("police")
    assert {getattr(none, name) for name in RATES} == {0.0, none.late_median_hours, none.late_sigma}


def _figure(value: float) -> str:
    return f"{value:g}"


def manual_table() -> str:
    """The table of rates as the manual must have it."""
    faults = read_faults()
    agencies = [name for name in faults.agencies if name != "other"]
    lines = [f"| figure | other | {' | '.join(agencies)} |", "|---|" + "---|" * (len(agencies) + 1)]
    for name in RATES:
        base = getattr(faults.of("other"), name)
        own = (getattr(faults.of(agency), name) for agency in agencies)
        cells = ("" if value == base else _figure(value) for value in own)
        lines.append(f"| `{name}` | {_figure(base)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def identity_table() -> str:
    """The table of names and homes as the manual must have it."""
    faults = read_faults()
    rows = [
        f"| `{name}` | {_figure(getattr(part, name))} |"
        for part in (faults.identity, faults.slips)
        for name in part.__slots__
    ]
    return "\n".join(["| figure | value |", "|---|---|", *rows, f"| `share` | {_figure(faults.common_number_share)} |"])


def test_the_manual_has_the_rates_of_today_and_says_what_each_is() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    assert manual_table() in text
    assert identity_table() in text
    for name in RATES:
        assert re.search(rf"^\| `{name}` \| [^|\d]", text, re.MULTILINE), name


def test_the_manual_describes_every_column() -> None:
    from casetrail.world.holdings.inquiry_file import EVENT_COLUMNS, INVOLVEMENT_COLUMNS

    text = MANUAL.read_text(encoding="utf-8")
    for column in {*EVENT_COLUMNS.values(), *INVOLVEMENT_COLUMNS.values()}:
        assert f"`{column}`" in text, column
