"""No count of persons under ten leaves for records of persons who exist."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrail.figures import Answer, Cell, Chart, Column, Estimate, Origin, Range, Refusal, Suppressed, Table
from casetrail.publish import protect
from casetrail.publish.cells import cell_text
from casetrail.publish.envelope import envelope, json_text

from .sample import SECRET, answer, pre_withheld, withheld

COLUMNS = (
    Column("team", "Team"),
    Column("boys", "Boys", "persons"),
    Column("days", "Days", "days"),
    Column("girls", "Girls", "persons"),
    Column("last", "Last day", "date"),
)
persons = st.none() | st.integers(-20, 60) | st.floats(0, 40) | st.just(Suppressed("already"))
rows = st.tuples(
    st.sampled_from(["North", "South"]), persons, st.none() | st.floats(1000, 2000), persons, st.just("2011-03-31")
)
guarded = st.sampled_from([Origin.REAL, Origin.PUBLIC_PSEUDONYMOUS])


def table_of(protected: Answer) -> Table:
    assert isinstance(protected.body, Table)
    return protected.body


@given(st.lists(rows, min_size=1, max_size=8), st.sets(st.integers(0, 7)), guarded)
def test_no_count_under_ten_and_no_margin_beside_a_gap(
    body: list[tuple[Cell, ...]], at: set[int], origin: Origin
) -> None:
    margins = frozenset(i for i in at if i < len(body))
    given_table = Table(COLUMNS, tuple(body), margins)
    out = table_of(protect(answer("a", given_table, origin)))
    for name in ("boys", "girls"):
        for cell in out.column(name):
            assert cell is None or isinstance(cell, Suppressed) or (isinstance(cell, int | float) and cell >= 10)
    for row in out.rows:
        if isinstance(row[1], Suppressed) or isinstance(row[3], Suppressed):
            assert all(cell is None or isinstance(cell, Suppressed) for cell in row[1:])
    small = any(isinstance(n, Suppressed) or (n is not None and n < 10) for row in body for n in (row[1], row[3]))
    if small:
        assert out.margins == frozenset()
        assert len(out.rows) == len(body) - len(margins)
    else:
        assert out == given_table


@given(st.lists(rows, min_size=1, max_size=8), st.sampled_from([Origin.MADE_UP, Origin.PUBLIC_AGGREGATE]))
def test_made_up_and_published_statistics_pass_unchanged(body: list[tuple[Cell, ...]], origin: Origin) -> None:
    given_answer = answer("a", Table(COLUMNS, tuple(body)), origin)
    assert given_answer is protect(given_answer)


@given(st.lists(rows, min_size=1, max_size=8), guarded)
def test_protecting_twice_is_protecting_once(body: list[tuple[Cell, ...]], origin: Origin) -> None:
    once = protect(answer("a", Table(COLUMNS, tuple(body)), origin))
    assert once == protect(once)


def test_words_and_chart_do_not_repeat_what_the_table_withholds() -> None:
    out = protect(withheld())
    text = json_text(envelope("pack", out.origin, [out]))
    assert "88.25" not in text
    assert f"{SECRET} persons" not in text
    assert "171" not in text
    assert out.chart is not None and str(SECRET) not in out.chart.alt
    assert "Timeliness is procedure and not quality." in out.caveats


def test_a_constant_layer_is_a_margin_and_is_not_drawn() -> None:
    base = withheld()
    spec = {
        "title": f"{SECRET} in the south",
        "layer": [{"mark": "rule", "encoding": {"x": {"datum": 14.0}}}, {"mark": "bar"}],
    }
    table = table_of(base)
    out = protect(answer("a", table, base.origin, chart=Chart(spec, "alt")))
    assert out.chart is not None
    assert out.chart.spec["layer"] == [{"mark": "bar"}]
    assert out.chart.spec["title"] == "[withheld] in the south"


def test_a_published_table_keeps_its_publishers_gaps_and_margins() -> None:
    given_answer = pre_withheld()
    assert given_answer is protect(given_answer)


@pytest.mark.parametrize("origin", [Origin.REAL, Origin.PUBLIC_PSEUDONYMOUS])
@pytest.mark.parametrize(
    "body",
    [
        Estimate(3.25, 1.0, 5.0, 0.95, "days", "median", n=9),
        Estimate(3.0, 1.0, 5.0, 0.95, "children", "count"),
        Range(
            (Estimate(4.0, 3.0, 5.0, 0.95, "days", "a", n=50), Estimate(9.0, 3.0, 5.0, 0.95, "days", "b", n=4)),
            3,
            5,
            "?",
        ),
    ],
)
def test_an_estimate_from_too_few_becomes_a_refusal(origin: Origin, body: Estimate | Range) -> None:
    out = protect(answer("a", body, origin, sentence="It was 3.25 days."))
    assert isinstance(out.body, Refusal)
    assert out.body.reason == "too_few_persons"
    assert "3.25" not in json_text(envelope("pack", origin, [out]))


def test_an_estimate_from_ten_stands() -> None:
    given_answer = answer("a", Estimate(3.0, 1.0, 5.0, 0.95, "days", "median", n=10), Origin.REAL)
    assert given_answer is protect(given_answer)


def test_a_withheld_cell_is_a_word_and_never_zero() -> None:
    out = table_of(protect(withheld()))
    assert cell_text(out.columns[1], out.rows[1][1]) == "withheld"
    assert cell_text(out.columns[2], out.rows[2][2]) == "unknown"
