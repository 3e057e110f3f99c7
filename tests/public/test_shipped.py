"""The shipped panels: their figures, cell by cell, against the publishers' own files."""

from __future__ import annotations

import csv
import gzip
import hashlib
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from casetrail import public
from casetrail.errors import UnknownNameError
from casetrail.figures import Origin
from casetrail.public import Why, authorities, authority, reorganisations, shipped_measures, shipped_panel, source
from casetrail.public.shipped import shipped_panels, sidecar

ROOT = Path(__file__).parents[2]
TABLE = Path(public.__file__).parent / "data" / "panels.csv.gz"


@pytest.mark.shared
def test_the_table_is_what_the_script_makes_of_the_publishers_files(shared: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_panels", ROOT / "docs" / "make_panels.py")
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made = gzip.decompress(script.table(shared / "authorities"))
    assert made == gzip.decompress(TABLE.read_bytes())


@pytest.mark.shared
def test_shares_worked_out_from_bands_are_those_the_publisher_prints_where_it_does(shared: Path) -> None:
    # 2011-12 prints no share within 15 days; the Department's own re-referral percentages it does print.
    panel = shipped_panel("re-referrals-12-months")
    with (shared / "authorities" / "cin" / sidecar()["files"]["c1"]).open(encoding="utf-8-sig", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["geographic_level"] == "Local authority"]
    seen = 0
    for row in rows:
        i, j = panel.unit_at(row["old_la_code"]), panel.periods.index(_year(row["time_period"]))
        if row["rereferral_percent"] not in ("c", "x", "u", "z", ""):
            assert panel.value[i, j] == float(row["rereferral_percent"])
            computed = 100 * panel.numerator[i, j] / panel.denominator[i, j]
            if np.isfinite(computed):
                # The printed percentage has one decimal.
                assert computed == pytest.approx(float(row["rereferral_percent"]), abs=0.0501)
                seen += 1
    assert seen > 1900


@pytest.mark.shared
def test_rates_are_near_those_printed_at_the_time(shared: Path) -> None:
    # Populations were revised after the census of 2021, so not to the digit: half within 2 %, 19 of 20 within 8 %.
    panel = shipped_panel("section-47-rate")
    with (shared / "authorities" / "cin" / sidecar()["files"]["c4"]).open(encoding="utf-8-sig", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["geographic_level"] == "Local authority"]
    apart = []
    for row in rows:
        ours = panel.value[panel.unit_at(row["old_la_code"]), panel.periods.index(_year(row["time_period"]))]
        if row["Section47_rate"] not in ("c", "x", "u", "z", "") and np.isfinite(ours):
            apart.append(abs(ours / float(row["Section47_rate"]) - 1))
    assert len(apart) > 1400
    assert np.median(apart) < 0.02
    assert np.quantile(apart, 0.95) < 0.08


def _year(ending: str) -> str:
    return f"{int(ending) - 1}-{ending[2:]}"


def test_withheld_missing_and_zero_are_three_things() -> None:
    panel = shipped_panel("initial-assessments-7-days")
    at = panel.unit_at("City of London"), panel.period_at("2009-10")
    assert panel.why_counts is not None
    assert panel.why_counts[at] == Why.WITHHELD and np.isnan(panel.numerator[at])
    assert panel.why[panel.unit_at("309"), panel.period_at("2015-16")] == Why.ABSENT
    plans = shipped_panel("plans-rate")
    zero = plans.unit_at("Isles Of Scilly"), plans.period_at("2010-11")
    assert plans.value[zero] == 0 and plans.why[zero] == Why.PUBLISHED
    for each in shipped_panels():
        assert np.array_equal(np.isfinite(each.value), each.why == Why.PUBLISHED)


def test_england_is_beside_and_never_among_the_units() -> None:
    panel = shipped_panel("initial-assessments-7-days")
    assert panel.whole is not None and panel.whole.value[0] == 67
    assert not any(u.code in ("970", "") for u in panel.units)
    # Haringey and England, 2009-10, from the README of the reference figures.
    need = shipped_panel("children-in-need-rate")
    assert need.value[need.unit_at("309"), 0] == 895.7
    assert need.whole is not None and need.whole.value[0] == 341.0


def test_hackney_has_no_figures_while_its_system_was_down() -> None:
    # The Department's guidance: no data for the years ending 31 March 2021 and 2022.
    panel = shipped_panel("referrals-rate")
    i = panel.unit_at("Hackney")
    assert np.isnan(panel.value[i, panel.period_at("2020-21")])
    assert panel.why[i, panel.period_at("2020-21")] == Why.NOT_AVAILABLE
    assert np.isfinite(panel.value[i, panel.period_at("2019-20")])


def test_a_body_has_no_figure_before_it_began_or_after_it_ended() -> None:
    panel = shipped_panel("children-in-need-rate")
    for change in reorganisations():
        for code in change.after:
            before = [j for j, p in enumerate(panel.periods) if int(p[:4]) < change.on.year]
            assert (panel.why[panel.unit_at(str(code)), before] == Why.ABSENT).all()
    assert authority("Dorset").code == 835
    assert authority("Dorset", "2021-22").code == 838
    assert authority("Cumberland").code == 942
    assert authority("Cumbria", "2015-16").code == 909


def test_the_source_names_maker_licence_and_bytes() -> None:
    ref = source()
    assert hashlib.sha256(TABLE.read_bytes()).hexdigest() == ref.sha256
    assert ref.origin is Origin.PUBLIC_AGGREGATE
    assert "Department for Education" in ref.made_by and "Open Government Licence v3.0" in ref.note
    assert TABLE.stat().st_size < 400_000


def test_every_measure_says_what_it_is_and_judges_nothing() -> None:
    for measure in shipped_measures():
        assert measure.title and measure.definition.endswith(".")
        assert measure.topic in ("procedure", "activity")
        assert measure.direction.endswith(".")
    assert len(authorities()) == 152


def test_a_measure_not_shipped_says_which_are() -> None:
    with pytest.raises(UnknownNameError) as caught:
        shipped_panel("caseloads")
    assert "re-referrals-12-months" in caught.value.todo
