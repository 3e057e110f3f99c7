"""Was this authority any better or worse than most? Against the reference figures, and its own rules."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from casetrail.compare import TENURE_YEARS, standing, tenure_refusal
from casetrail.compare.collection import shipped_collection
from casetrail.compare.measure import places
from casetrail.errors import UnknownNameError
from casetrail.figures import Answer, Cell, Origin, Refusal, Suppressed, Table
from casetrail.public import authorities
from casetrail.public.shipped import sidecar

YEARS = ("2009-10", "2010-11")

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


def table(answer: Answer) -> list[dict[str, Cell]]:
    assert isinstance(answer.body, Table)
    names = [c.name for c in answer.body.columns]
    return [dict(zip(names, row, strict=True)) for row in answer.body.rows]


def digits(answer: Answer) -> dict[str, int | None]:
    assert isinstance(answer.body, Table)
    return {c.name: c.digits for c in answer.body.columns}


def reference() -> list[dict[str, str]]:
    path = SHARED / "authorities" / "haringey_reference_figures.csv"
    if not path.exists():
        pytest.skip("the shared reference data is not beside the checkout")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# Their column: ours, decimals printed.
SAME = {
    "haringey_numerator": ("numerator", 1),
    "haringey_denominator": ("denominator", 1),
    "haringey_value": ("value", 1),
    "england_published_value": ("england", 1),
    "median_of_authorities": ("median", 1),
    "haringey_rank_highest_first": ("rank", 0),
    "authorities_with_value": ("with_value", 0),
    "lowest": ("lowest", 1),
    "highest": ("highest", 1),
    "z_binomial_vs_pooled": ("z", 1),
    "overdispersion_phi_winsorised10pct": ("phi", 1),
    "z_overdispersed": ("z_adjusted", 2),
}
TESTED = ("z_binomial_vs_pooled", "overdispersion_phi_winsorised10pct", "z_overdispersed")


@pytest.mark.shared
def test_all_19_reference_rows_to_the_printed_digit() -> None:
    measures = sidecar()["measure"]
    ids = {(y, m[y]["value"]): i for i, m in measures.items() for y in YEARS if "value" in m.get(y, {})}
    ours = {(year, row["indicator"]): row for year in YEARS for row in table(standing("Haringey", year)[0])}
    ranks = {(year, p.measure.title): p.rank for year in YEARS for p in places(shipped_collection(), "309", year)}
    rows = reference()
    assert len(rows) == 19
    for row in rows:
        title = measures[ids[row["year"], row["source_column"]]]["title"]
        # Their list has a place for children in need too; ours prints none for a figure that is not fit to compare.
        found = ours[row["year"], title] | {"rank": ranks[row["year"], title]}
        for theirs, (name, decimals) in SAME.items():
            cell = found[name]
            if row[theirs]:
                assert isinstance(cell, int | float), (row["measure"], name)
                assert row[theirs] == f"{cell:.{decimals}f}", (row["measure"], name)
            elif theirs in TESTED and found["unit"] == "%":
                assert cell is None
                assert found["not_tested"]


@pytest.mark.shared
def test_columns_print_the_digits_of_the_reference() -> None:
    kept = digits(standing("Haringey", "2009-10")[0])
    for name in ("value", "england", "median", "lowest", "highest", "z", "phi"):
        assert kept[name] == 1
    assert kept["z_adjusted"] == 2


def test_what_is_not_tested_is_unknown_and_says_why() -> None:
    rows = {str(r["indicator"]): r for r in table(standing("Haringey", "2010-11")[0])}
    reviews = rows["Child protection plans reviewed in time"]
    assert isinstance(reviews["numerator"], Suppressed)
    assert reviews["not_tested"] == "the publisher withheld the counts"
    need = rows["Children in need at 31 March"]
    assert (need["gate"], need["with_value"]) == ("not fit to compare", 148)
    assert "7.1 years to clear" in str(need["gate_reason"])
    assert str(need["not_tested"]).startswith("not fit to compare: ")
    for name in ("z", "phi", "position_from", "position_to", "alike", "adjusted_verdict"):
        assert reviews[name] is None
        assert need[name] is None
    assert need["rank"] is None


@pytest.mark.parametrize("year", [*YEARS, "2016-17", "2024-25"])
@pytest.mark.parametrize("name", ["Haringey", "Birmingham", "Rutland", "City of London", "Isles Of Scilly"])
def test_no_position_without_its_set_or_a_reason(name: str, year: str) -> None:
    for row in table(standing(name, year)[0]):
        first, last, rank = row["position_from"], row["position_to"], row["rank"]
        if isinstance(first, int) and isinstance(last, int):
            assert isinstance(rank, int) and isinstance(row["with_value"], int)
            assert 1 <= first <= rank <= last <= row["with_value"]
            assert last - first == row["alike"]
            assert row["not_tested"] == ""
        else:
            assert row["not_tested"]


def test_every_authority_and_year_has_answers_with_their_own_ids() -> None:
    seen: set[str] = set()
    for year in (*YEARS, "2017-18"):
        for a in authorities()[::7]:
            answers = standing(a.name, year)
            ids = {x.id for x in answers}
            assert len(ids) == len(answers)
            assert not ids & seen
            seen |= ids
            for answer in answers:
                assert answer.id.isascii() and " " not in answer.id
                assert answer.origin is Origin.PUBLIC_AGGREGATE
                assert answer.provenance.question in ("compare.standing", "compare.funnel")


def test_the_sentence_counts_what_the_table_says() -> None:
    summary = standing("haringey", "2009-10")[0]
    assert summary.id == "compare.haringey.2009-10.summary"
    assert "Of 15 published figures for 2009-10, 13 can be tested. 1 is not fit to compare" in summary.sentence
    assert "On 3 Haringey lay outside" in summary.sentence
    assert "it cannot be told apart, even there, from 127 to 150 single bodies" in summary.sentence
    assert "On 1 the published counts allow no test" in summary.sentence
    verdicts = [r["adjusted_verdict"] for r in table(summary)]
    assert verdicts.count("within 95 % limits") == 10
    assert verdicts.count(None) == 2


def test_five_funnels_whose_fields_are_columns() -> None:
    answers = standing("Haringey", "2009-10")
    funnels = [a for a in answers if a.chart and a.id.endswith(".funnel")]
    assert len(funnels) == 5
    for answer in (*funnels, answers[1]):
        assert answer.chart is not None and isinstance(answer.body, Table)
        columns = {c.name for c in answer.body.columns}
        assert fields(answer.chart.spec) <= columns | {"z", "figure", "code"}
        assert not {"data", "config", "$schema", "url", "width"} & keys(answer.chart.spec)
        assert "Haringey" in answer.chart.alt
    first = table(funnels[0])
    assert len(first) == 150
    for row in first:
        low, high = row["low95"], row["high95"]
        assert isinstance(low, float) and isinstance(high, float) and isinstance(row["value"], float)
        inside = low <= row["value"] <= high
        assert inside == (row["verdict"] == "within 95 % limits")


def keys(node: object) -> set[str]:
    if isinstance(node, dict):
        return set(node).union(*(keys(v) for v in node.values()))
    if isinstance(node, list | tuple):
        return set().union(*(keys(v) for v in node))
    return set()


def fields(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {str(node["field"])} if "field" in node else set()
        return own.union(*(fields(v) for v in node.values()), set(node.get("fold", ())))
    if isinstance(node, list | tuple):
        return set().union(*(fields(v) for v in node))
    return set()


@pytest.mark.parametrize("year", YEARS)
def test_caveats_stand_beside_every_answer(year: str) -> None:
    for answer in standing("Haringey", year):
        text = " ".join(answer.caveats)
        assert "the director of the time had left" in text
        assert "procedure, not quality" in text
    assert not any("director" in c for a in standing("Kent", year) for c in a.caveats)


def test_the_recording_artefact_is_caught_from_the_counts_alone() -> None:
    # README of the shared authorities: 4,387 open and 1,077 closed, 4.1 years; England 375,900 and 318,200, 1.2.
    summary, *_, recording = standing("Haringey", "2009-10")
    (ours, england) = table(recording)
    assert (ours["open"], ours["ended"]) == (4387, 1077)
    assert (england["open"], england["ended"]) == (375900, 318200)
    assert "4.1 years to clear, against 1.2 in England" in recording.sentence
    assert "Very likely a recording artefact" in recording.sentence
    assert any("4.1 years" in c and "finished work held as open" in c for c in summary.caveats)
    plain = standing("Camden", "2009-10")
    assert not any("artefact" in text for a in plain for text in (a.sentence, *a.caveats))


def test_counts_that_contradict_the_printed_share_are_refused() -> None:
    # Brent 2010-11: 514 of 1,714 is 30.0 %, printed 85.5 %.
    answer = next(a for a in standing("Brent", "2010-11") if a.id.endswith("initial-assessments-7-days.funnel"))
    assert isinstance(answer.body, Refusal)
    assert answer.body.reason == "not_fit_to_compare"
    assert "85.5 is printed, but its counts give 30.0" in answer.sentence
    assert answer.chart is None


@pytest.mark.parametrize("year", TENURE_YEARS)
def test_the_years_before_are_refused(year: str) -> None:
    (answer,) = standing("Haringey", year)
    assert isinstance(answer.body, Refusal)
    assert answer.body.reason == "no_data_for_tenure"
    helps = " ".join(answer.body.would_help)
    assert "performance assessments 2005-08" in helps
    assert "only the spend of 2008-09 was found" in helps


def test_the_refusal_is_always_at_hand() -> None:
    assert tenure_refusal().id == "compare.haringey.before-2009-10.refusal"
    (other,) = standing("Kent", "2007-08")
    assert isinstance(other.body, Refusal)
    assert other.body.reason == "no_data_for_year"


def test_an_authority_without_counts_is_refused_not_ranked() -> None:
    answers = standing("Isles Of Scilly", "2009-10")
    funnel = next(a for a in answers if a.id.endswith("initial-assessments-7-days.funnel"))
    assert isinstance(funnel.body, Refusal)
    assert funnel.chart is None


def test_no_person_is_named_and_nothing_is_called_good_or_bad() -> None:
    for answer in (*standing("Haringey", "2009-10"), tenure_refusal()):
        text = " ".join([answer.title, answer.sentence, *answer.caveats, answer.method]).casefold()
        for word in ("shoesmith", "worst", "best ", "failing", "league leader", "poor performance"):
            assert word not in text


def test_a_year_or_name_that_is_not_shipped_says_what_is() -> None:
    with pytest.raises(UnknownNameError, match="2031-32") as caught:
        standing("Haringey", "2031-32")
    assert "2009-10" in caught.value.todo
    with pytest.raises(UnknownNameError, match="Harigney"):
        standing("Harigney", "2009-10")
