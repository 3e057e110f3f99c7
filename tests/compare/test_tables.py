"""Any table of (body, measure, period, figures): read as it is, nothing lost, nothing guessed."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np
import pytest

from casetrail.compare.collection import collected
from casetrail.compare.standing import standing_in
from casetrail.compare.tables import everything_answer, read_table
from casetrail.compare.tables.cells import read_cell
from casetrail.compare.tables.panels import Shape
from casetrail.errors import InputError, UnknownNameError
from casetrail.figures import Refusal, Suppressed, Table
from casetrail.public.panel import Why


def written(folder: Path, rows: list[list[object]], name: str = "table.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


HEAD: list[object] = ["code", "name", "measure", "period", "numerator", "denominator"]


def bodies(count: int = 30, seed: int = 3) -> list[list[object]]:
    rng = np.random.default_rng(seed)
    rows: list[list[object]] = [HEAD]
    for i in range(count):
        n = int(rng.integers(50, 900))
        rows.append([f"b{i:02d}", f"Body {i:02d}", "in time", "2020-21", int(rng.binomial(n, 0.7)), n])
    return rows


@pytest.mark.parametrize(
    ("text", "number", "why"),
    [
        ("1,234", 1234.0, Why.PUBLISHED),
        (" 12.5% ", 12.5, Why.PUBLISHED),
        ("£1,000", 1000.0, Why.PUBLISHED),
        ("-3.5", -3.5, Why.PUBLISHED),
        ("1.2e3", 1200.0, Why.PUBLISHED),
        ("0", 0.0, Why.PUBLISHED),
        ("c", None, Why.WITHHELD),
        ("C", None, Why.WITHHELD),
        ("*", None, Why.WITHHELD),
        ("<5", None, Why.WITHHELD),
        ("x", None, Why.WITHHELD_OR_MISSING),
        ("-", None, Why.WITHHELD_OR_MISSING),
        ("..", None, Why.NOT_AVAILABLE),
        (":", None, Why.NOT_AVAILABLE),
        ("z", None, Why.NOT_APPLICABLE),
        ("u", None, Why.UNRELIABLE),
        ("12,34", None, Why.UNREADABLE),
        ("about 12", None, Why.UNREADABLE),
        ("12 of 40", None, Why.UNREADABLE),
    ],
)
def test_signs_are_what_they_are(text: str, number: float | None, why: Why) -> None:
    value, said = read_cell(text)
    assert said is why
    assert np.isnan(value) if number is None else value == number


def test_rows_in_are_used_of_wholes_said_again_or_set_aside(tmp_path: Path) -> None:
    rows = bodies()
    rows += [
        ["E92000001", "England", "in time", "2020-21", 7000, 10000],
        ["b00", "Body 00", "in time", "2020-21", *rows[1][4:]],
        ["b01", "Body 01", "in time", "2020-21", 1, 2],
        ["b30", "Body 30", "in time", "2020-21", "about 12", 40],
        ["", "", "in time", "2020-21", 12, 40],
        ["b31", "Body 31", "in time", "2020-21", -4, 40],
        ["b32", "Body 32", "in time", "2020-21", "c", 40],
    ]
    read = read_table(written(tmp_path, rows))
    assert read.rows_in == read.rows_used + read.rows_whole + read.rows_again + sum(a.rows for a in read.aside)
    assert {a.code: a.rows for a in read.aside} == {
        "not_a_number": 1,
        "no_unit": 1,
        "negative_count": 1,
        "said_twice": 2,
    }
    assert (read.rows_whole, read.rows_again) == (1, 1)
    twice = next(a for a in read.aside if a.code == "said_twice")
    assert twice.places == (3, 34), "line 3 is the first row of that body, line 34 the one that contradicts it"
    (panel,) = read.panels
    assert panel.measure.kind == "proportion" and panel.measure.unit == "%"
    assert panel.whole is not None and panel.whole.value[0] == pytest.approx(70.0)
    assert "England" not in {u.name for u in panel.units}
    assert panel.why[panel.unit_at("b32"), 0] == Why.WITHHELD
    assert "b31" not in {u.code for u in panel.units}, "a body of which no row can be used is not there"


def test_no_message_carries_what_a_cell_says(tmp_path: Path) -> None:
    rows = [*bodies(), ["b40", "Body 40", "in time", "2020-21", "Jane Roe", 40]]
    read = read_table(written(tmp_path, rows))
    assert "Jane" not in repr(read.aside) + repr(read.notes)


def test_the_same_test_as_on_published_figures(tmp_path: Path) -> None:
    read = read_table(written(tmp_path, bodies()))
    held = collected("table.csv", read.panels, {})
    answers = standing_in(held, "b03", "2020-21")
    summary = answers[0]
    assert isinstance(summary.body, Table)
    assert summary.body.column("gate") == ("fit to compare",)
    z = summary.body.column("z")[0]
    # By hand: (x/n - pooled) / sqrt(pooled (1 - pooled) / n).
    rows = [(int(str(r[4])), int(str(r[5]))) for r in bodies()[1:]]
    pooled = sum(x for x, _ in rows) / sum(n for _, n in rows)
    x, n = rows[3]
    assert z == pytest.approx((x / n - pooled) / (pooled * (1 - pooled) / n) ** 0.5)
    assert "children" not in " ".join(summary.caveats), "caveats on children's services are not those of this table"
    with pytest.raises(UnknownNameError, match="2031"):
        standing_in(held, "b03", "2031")


def test_rates_ratios_and_bare_values_are_told_apart(tmp_path: Path) -> None:
    rate = [HEAD, *([f"b{i}", f"B{i}", "m", "2020", 1500 + i, 1000] for i in range(12))]
    assert read_table(written(tmp_path, rate)).panels[0].measure.kind == "rate"
    ratio = [HEAD, *([f"b{i}", f"B{i}", "m", "2020", 15 + i, 10.5] for i in range(12))]
    assert read_table(written(tmp_path, ratio)).panels[0].measure.kind == "ratio"
    bare = [["area", "year", "value"], *([f"b{i}", "2020", 15 + i] for i in range(12))]
    panel = read_table(written(tmp_path, bare)).panels[0]
    assert panel.measure.kind == "bare"
    asked = read_table(written(tmp_path, rate), shape=Shape("rate", 100_000.0)).panels[0]
    assert asked.value[0, 0] == pytest.approx(150_000.0)
    (answer, *_) = standing_in(collected("t", (panel,), {}), "b3", "2020")
    assert isinstance(answer.body, Table)
    assert "bare value without the counts" in str(answer.body.column("not_tested")[0])
    assert answer.body.column("position_from") == (None,)


def test_rounded_counts_are_noticed(tmp_path: Path) -> None:
    rows = [HEAD, *([f"b{i}", f"B{i}", "m", "2020", 10 * (i + 1), 10 * (i + 40)] for i in range(30))]
    read = read_table(written(tmp_path, rows))
    assert read.panels[0].measure.rounded_to == 10
    assert any("rounded by the publisher to 10" in note for note in read.notes)


def test_withheld_own_counts_are_withheld_and_not_zero(tmp_path: Path) -> None:
    rows = [*bodies(), ["b50", "Body 50", "in time", "2020-21", "c", "c"]]
    held = collected("t", read_table(written(tmp_path, rows)).panels, {})
    (answer, *_) = standing_in(held, "b50", "2020-21")
    assert isinstance(answer.body, Table)
    assert isinstance(answer.body.column("numerator")[0], Suppressed)
    assert answer.body.column("not_tested") == ("the publisher withheld the counts",)


def test_columns_that_cannot_be_told_are_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, [["foo", "bar"], ["a", 1]])
    with pytest.raises(InputError, match="bodies") as caught:
        read_table(path)
    assert "--column" in caught.value.todo and "foo, bar" in caught.value.todo
    with pytest.raises(InputError, match="no column called 'baz'"):
        read_table(path, said={"unit": "baz"})
    assert read_table(path, said={"unit": "foo", "value": "bar"}).panels[0].value[0, 0] == 1


@pytest.mark.parametrize("text", ["", "code,numerator,denominator\n", "code,numerator,denominator\na,few,40\n"])
def test_a_table_without_a_usable_row_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read_table(path)


@pytest.mark.shared
def test_all_434_measures_in_about_a_minute_each_computed_or_refused(shared: Path) -> None:
    begun = time.process_time()
    read = read_table(shared / "authorities" / "lait" / "lait_2016_2025.parquet")
    held = collected("lait", read.panels, {})
    answer = everything_answer(held, "309")
    assert time.process_time() - begun < 90
    assert len(read.panels) == 434
    assert read.rows_in == 641_070 == read.rows_used + read.rows_whole
    # README: 93,883 values are "-".
    dashes = sum(int((p.why == Why.WITHHELD_OR_MISSING).sum()) for p in read.panels)
    assert dashes <= 93_883
    assert isinstance(answer.body, Table)
    assert all(row[13] or row[6] for row in answer.body.rows), "computed or refused, and why"
    assert not any(isinstance(cell, Refusal) for row in answer.body.rows for cell in row)


@pytest.mark.shared
def test_every_dash_of_the_table_is_withheld_or_missing(shared: Path) -> None:
    import pyarrow.parquet as pq

    path = shared / "authorities" / "lait" / "lait_2016_2025.parquet"
    raw = pq.read_table(path, columns=["Values", "LA Number"]).to_pydict()
    # 970 England, 980 to 990 regions.
    of_bodies = sum(v == "-" and code < 970 for v, code in zip(raw["Values"], raw["LA Number"], strict=True))
    read = read_table(path)
    assert sum(int((p.why == Why.WITHHELD_OR_MISSING).sum()) for p in read.panels) == of_bodies


def test_one_row_with_more_than_all_does_not_turn_shares_into_rates(tmp_path: Path) -> None:
    rows = [*bodies(), ["over", "Over", "in time", "2020-21", 150, 100]]
    read = read_table(written(tmp_path, rows))
    assert read.panels[0].measure.kind == "proportion"
    assert any("taken as: proportion" in note for note in read.notes)
    (answer, *_) = standing_in(collected("t", read.panels, {}), "over", "2020-21")
    assert isinstance(answer.body, Table)
    assert answer.body.column("gate") == ("not fit to compare",)
    assert "150 of 100 is more than all" in str(answer.body.column("not_tested")[0])


@pytest.mark.parametrize("count", ["1e300", "9" * 400, "1" + "0" * 13])
def test_a_number_beyond_anything_counted_is_set_aside(tmp_path: Path, count: str) -> None:
    read = read_table(written(tmp_path, [*bodies(), ["huge", "Huge", "in time", "2020-21", count, count]]))
    assert sum(a.rows for a in read.aside) == 1
    assert read.rows_in == read.rows_used + 1


def test_a_position_never_stands_without_its_set(tmp_path: Path) -> None:
    for rows in (
        [HEAD, ["a", "A", "m", "2020", 3, 9]],
        [*bodies(), ["b60", "Body 60", "in time", "2020-21", "c", "c"]],
    ):
        held = collected("t", read_table(written(tmp_path, rows)).panels, {})
        (answer, *_) = standing_in(held, str(rows[-1][0]), str(rows[-1][3]))
        assert isinstance(answer.body, Table)
        for name in ("rank", "position_from"):
            assert answer.body.column(name) == (None,)
