"""The demand-side tables against the files they come from, and what may not be adjusted for."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from casetrail.errors import InputError, InquiryError, UnknownNameError
from casetrail.figures import Origin, SourceRef
from casetrail.public.adjusters import ADJUSTERS, Adjuster, adjuster, permitted, why_not
from casetrail.public.demand_side import children, own_reading, reading, readings, sidecar, table_source, years_of

ROOT = Path(__file__).parents[2]
TABLES = (
    "idaci",
    "child_population",
    "child_population_bands",
    "adjusters_low_income",
    "adjusters_free_meals",
    "adjusters_injuries",
    "ethnicity_language",
)
SOURCE = SourceRef("own.csv", "0" * 64, Origin.PUBLIC_AGGREGATE)


def shipped(name: str) -> bytes:
    return resources.files("casetrail.public").joinpath("data", name).read_bytes()


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(shipped(f"{name}.csv").decode("utf-8").splitlines()))


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


# --- against the originals


@pytest.mark.shared
def test_made_again_the_tables_are_the_same(shared: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_demand_side", ROOT / "docs" / "make_demand_side.py")
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    made = dict(maker.tables(shared / "authorities"))
    assert set(made) == set(TABLES)
    for name, text in made.items():
        assert text.encode("utf-8") == shipped(f"{name}.csv"), name


@pytest.mark.shared
def test_a_sample_read_from_the_originals(shared: Path) -> None:
    """Read here in another way than the script does: by the name and the place of a column."""
    folder = shared / "authorities"
    for year, edition in (("2012", "2015"), ("2015", "2019")):
        theirs = {r[1]: r[4] for r in lines(folder / "deprivation" / f"idaci_{edition}_local_authority.csv")[1:]}
        ours = {(r["year"], r["authority"]): r["score"] for r in rows("idaci")}
        for code, name in (("309", "Haringey"), ("890", "Blackpool"), ("825", "Buckinghamshire"), ("203", "Greenwich")):
            assert ours[year, code] == theirs[name]
    bands = {(r["year"], r["authority"]): r for r in rows("child_population_bands")}
    for column, file in (("aged_0_4", "0-4"), ("aged_5_9", "5-9"), ("aged_10_14", "10-14"), ("aged_16", "16")):
        theirs = {r[0]: r[2:] for r in lines(folder / "population" / f"popest-{file}_2009_2021.csv") if len(r) > 2}
        assert bands["2009", "309"][column] == theirs["Haringey"][0]
        assert bands["2021", "840"][column] == theirs["County Durham"][12]
        both = int(theirs["North Northamptonshire"][3]) + int(theirs["West Northamptonshire"][3])
        assert bands["2012", "928"][column] == str(both)
    everybody = {(r["year"], r["authority"]): r["aged_0_17"] for r in rows("child_population")}
    for r in lines(folder / "population" / "ons_mid_year_0_17_2012_2024.csv"):
        if r[9] in ("Haringey", "Blackpool"):
            assert everybody[r[0], r[7]] == r[11]


@pytest.mark.shared
def test_the_interactive_tool_as_it_is(shared: Path) -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    columns = ["Short Desc", "Years", "LA Number", "Values"]
    whole = pq.read_table(shared / "authorities" / "lait" / "lait_2016_2025.parquet", columns=columns)
    for name, measure in (
        ("adjusters_low_income", "ChildPov"),
        ("adjusters_free_meals", "SecFSM"),
        ("adjusters_injuries", "HospAd0-14"),
        ("ethnicity_language", "EALPri"),
    ):
        own = sidecar(f"{name}.csv")["columns"][0]
        ours = {(r["year"], r["authority"]): r[own] for r in rows(name)}
        theirs = {
            (r["Years"], str(int(r["LA Number"]))): r["Values"]
            for r in whole.filter(pc.equal(whole["Short Desc"], measure)).to_pylist()
            if not 960 <= r["LA Number"] < 1_000
        }
        assert set(ours) == {at for at, value in theirs.items() if value != "-"}
        assert all(float(value) == pytest.approx(float(theirs[at]), abs=1e-9) for at, value in ours.items())


def test_the_correlations_that_the_registry_states() -> None:
    def together(name: str, column: str, first: str, last: str) -> float:
        values = {(r["year"], r["authority"]): float(r[column]) for r in rows(name)}
        codes = sorted({c for y, c in values if y == first} & {c for y, c in values if y == last})
        return float(np.corrcoef([values[first, c] for c in codes], [values[last, c] for c in codes])[0, 1])

    assert together("idaci", "score", "2012", "2015") == pytest.approx(0.96, abs=0.005)
    assert together("ethnicity_language", "other_language", "2016", "2025") == pytest.approx(0.97, abs=0.005)
    bands = [
        [int(r[c]) for c in r if c.startswith("aged")] for r in rows("child_population_bands") if r["year"] == "2009"
    ]
    shares = np.array([[b[0] / sum(b), sum(b[2:]) / sum(b)] for b in bands])
    assert np.corrcoef(shares.T)[0, 1] == pytest.approx(-0.98, abs=0.005)


def test_bands_and_totals_were_revised_at_different_times() -> None:
    """Why age 17 is never worked out: in Haringey in 2020 it would be fewer than none."""
    bands = next(r for r in rows("child_population_bands") if (r["year"], r["authority"]) == ("2020", "309"))
    younger = sum(int(n) for c, n in bands.items() if c.startswith("aged"))
    assert children(2020)["309"] - younger < 0


def test_the_tables_are_compact_and_say_where_they_come_from() -> None:
    assert sum(len(shipped(f"{name}.csv")) for name in TABLES) < 300_000
    for name in TABLES:
        said = sidecar(f"{name}.csv")
        assert said["licence"] == "Open Government Licence v3.0"
        assert all(
            said[part] for part in ("title", "made_by", "publications", "definition", "role", "columns", "traps")
        )
        assert list(rows(name)[0]) == ["year", "authority", *said["columns"]]
        cited = table_source(f"{name}.csv")
        assert cited.sha256 == hashlib.sha256(shipped(f"{name}.csv")).hexdigest()
        assert cited.origin is Origin.PUBLIC_AGGREGATE


def test_no_row_is_a_region_or_made_up() -> None:
    for name in TABLES:
        codes = {int(r["authority"]) for r in rows(name)}
        assert min(codes) >= 201
        assert max(codes) < 960
        assert len({(r["year"], r["authority"]) for r in rows(name)}) == len(rows(name))
    assert not {("2015", "940"), ("2015", "942")} & {(r["year"], r["authority"]) for r in rows("idaci")}


# --- what may be adjusted for


def test_what_is_allowed_follows_from_side_role_and_records() -> None:
    for each in ADJUSTERS.values():
        assert each.allowed == (why_not(each) is None), each.id
        assert each.why
        assert each.recorded_by
        assert bool(each.file) <= each.allowed
        if each.file:
            assert sidecar(each.file)["role"] == each.role
    assert {a.role for a in ADJUSTERS.values() if a.file} == {"deprivation", "age", "ethnicity", "prior harm"}


@pytest.mark.parametrize("name", ["caseload", "agency staff", "spending", "threshold", "assessments", "plan rate"])
def test_what_the_authority_controls_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(InquiryError, match="in the authority's own hands") as caught:
        permitted((name,))
    assert caught.value.code == "authority_controlled"
    assert ADJUSTERS[adjuster(name).id].why in str(caught.value)
    assert "idaci" in caught.value.todo
    with pytest.raises(InquiryError):
        reading(adjuster(name), "2024-25")


@pytest.mark.parametrize("name", ["prior plans", "re-referrals", "factors-at-assessment"])
def test_prior_harm_from_its_own_records_is_refused(name: str) -> None:
    with pytest.raises(InquiryError, match="own records") as caught:
        permitted(("idaci", name))
    assert caught.value.code == "own_records"


def test_a_name_nobody_knows() -> None:
    with pytest.raises(UnknownNameError, match="shoe size"):
        adjuster("shoe size")
    assert adjuster(" Ethnicity mix ").id == "other-language"
    assert [a.id for a in permitted(("deprivation", "age"))] == ["idaci", "under-five"]


# --- which figures belong to a period


def test_years_of_a_period() -> None:
    assert years_of("2009-10") == (2009, 2010)
    assert years_of("1999-00") == (1999, 2000)
    assert years_of("2014-16") == (2014, 2016)
    assert years_of("2024") == (2023, 2024)
    for wrong in ("last year", "2009/10", "20091"):
        with pytest.raises(UnknownNameError):
            years_of(wrong)


def test_the_nearest_year_within_reach() -> None:
    found = {r.adjuster.id: r for r in readings("2009-10")}
    assert {name: (r.year, r.apart) for name, r in found.items()} == {
        "idaci": (2012, 2),
        "under-five": (2009, 0),
        "other-language": (2016, 6),
    }
    haringey = found["under-five"].values["309"]
    band = next(r for r in rows("child_population_bands") if (r["year"], r["authority"]) == ("2009", "309"))
    assert haringey == int(band["aged_0_4"]) / sum(int(n) for c, n in band.items() if c.startswith("aged"))
    latest = {r.adjuster.id: r.year for r in readings("2024-25")}
    assert latest["idaci"] == 2015
    assert latest["low-income"] == 2024
    assert reading(adjuster("low-income"), "2009-10") is None


def test_prior_harm_ends_before_the_period_begins() -> None:
    injuries = adjuster("injury-admissions")
    before = reading(injuries, "2019-20")
    assert before is not None
    assert before.year == 2019  # the year to March 2019
    assert reading(injuries, "2015-16") is None
    whole_year = reading(injuries, "2020")
    assert whole_year is not None
    assert whole_year.year == 2019


def test_nothing_is_carried_over_to_a_new_body() -> None:
    idaci = reading(adjuster("idaci"), "2024-25")
    assert idaci is not None
    assert "309" in idaci.values
    assert "825" in idaci.values  # the same body under a new code of the statistics office
    assert not {"940", "941", "942", "943"} & set(idaci.values)


def test_allowed_but_not_shipped_has_no_reading() -> None:
    assert reading(adjuster("ethnic-groups"), "2021-22") is None


# --- a table of the user's own


def own(**changes: object) -> Adjuster:
    said: dict[str, object] = {
        "id": "own",
        "title": "Own",
        "short": "own",
        "role": "prior harm",
        "side": "demand",
        "recorded_by": "the police",
        "own_records": False,
        "why": "Because.",
        "allowed": True,
    }
    return Adjuster(**{**said, **changes})  # type: ignore[arg-type]


def test_a_users_own_table_is_held_to_the_same_rules() -> None:
    held = own_reading(own(), 2018, {"309": 1.5}, SOURCE)
    assert held.values["309"] == 1.5
    with pytest.raises(InquiryError) as caught:
        own_reading(own(own_records=True), 2018, {"309": 1.5}, SOURCE)
    assert caught.value.code == "own_records"
    with pytest.raises(InquiryError) as caught:
        own_reading(own(side="authority", role="resources"), 2018, {"309": 1.5}, SOURCE)
    assert caught.value.code == "authority_controlled"
    with pytest.raises(InputError, match="not a number"):
        own_reading(own(), 2018, {"309": float("nan")}, SOURCE)


def test_child_population_of_a_year_that_does_not_ship() -> None:
    with pytest.raises(UnknownNameError):
        children(2008)
