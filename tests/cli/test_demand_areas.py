"""casetrail demand by small area, with a count that is an upper bound, and with a number known not to be exceeded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from acceptance.command import casetrail
from casetrail.demand.answers.areas_page import pattern_of
from casetrail.demand.answers.limit_page import limited
from casetrail.demand.lists import Lists
from casetrail.demand.strata.alone import Alone, alone
from casetrail.demand.strata.areas import Areas, areas
from casetrail.demand.strata.design import Assumed, Strata, design
from casetrail.demand.strata.small_areas import SmallAreas, small_areas
from casetrail.errors import InputError
from casetrail.figures import Answer, Estimate, Origin, Provenance, Range, Refusal

NAMES = ("police", "health", "school")
HEAD = "police,health,school"
COUNTS = [0, 140, 120, 40, 160, 52, 45, 15]


def _rows(counts: list[int], first: str = "") -> list[str]:
    return [f"{first}{p & 1},{p >> 1 & 1},{p >> 2 & 1},{counts[p]}" for p in range(1, 8)]


def _file(tmp_path: Path, head: str, rows: list[str]) -> Path:
    path = tmp_path / "lists.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def _answers(said: object) -> dict[str, dict[str, object]]:
    assert isinstance(said, dict)
    return {answer["id"]: answer for answer in said["answers"]}


def _world(persons: list[int], seed: int = 5) -> Strata:
    rng = np.random.default_rng(seed)
    rows = []
    for n in persons:
        chances = np.array([0.3, 0.25, 0.2]) * np.exp(rng.normal(0, 0.15))
        on = (rng.random((n, 3)) < chances) @ np.array([1, 2, 4])
        counts = np.bincount(on, minlength=8)
        counts[0] = 0
        rows.append(counts)
    return Strata(tuple(f"area {i}" for i in range(len(persons))), NAMES, np.array(rows, dtype=np.int64))


def _independent(counts: list[int]) -> float:
    """All persons where lists are independent: the root of prod(1 - size / N) = 1 - n / N (Darroch 1958)."""
    sizes = [sum(c for p, c in enumerate(counts) if p >> j & 1) for j in range(3)]
    n = sum(counts)
    low, high = float(n), 1e7
    for _ in range(200):
        at = (low + high) / 2
        off = np.prod([1 - size / at for size in sizes]) - (1 - n / at)
        low, high = (at, high) if off > 0 else (low, at)
    return low


def test_large_areas_are_each_by_itself_and_drawn_in_as_the_method_says() -> None:
    of = _world([900, 700, 800, 500, 600, 1000])
    found = areas(of, Assumed())
    assert isinstance(found, Areas)
    order = sorted(range(6), key=lambda i: -int(of.known[i]))
    own = [alone(of.one(i), design(3, Assumed())) for i in order]
    assert all(isinstance(one, Alone) for one in own)
    held = [one for one in own if isinstance(one, Alone)]
    drawn = small_areas(np.log([one.hidden / one.known for one in held]), [one.log_error for one in held])
    assert isinstance(drawn, SmallAreas)
    for area, one, value in zip(found.areas, held, drawn.values, strict=True):
        assert area.own == pytest.approx(one.known + one.hidden)
        assert area.total == pytest.approx(one.known * (1 + np.exp(value)))
        assert min(area.own, area.total) > area.known
    assert found.joined is None


def test_the_smallest_areas_are_taken_as_one_until_they_have_an_estimate() -> None:
    of = _world([900, 700, 800, 500, 600, 12, 9, 14])
    found = areas(of, Assumed())
    assert isinstance(found, Areas)
    joined = found.joined
    assert joined is not None
    assert {"area 5", "area 6", "area 7"} <= {*joined.members}
    assert joined.known == sum(int(of.known[int(name[-1])]) for name in joined.members)
    assert sum(area.known for area in found.areas) == int(of.known.sum())


def test_too_few_areas_are_refused() -> None:
    assert isinstance(areas(_world([900, 700, 800]), Assumed()), Refusal)
    lonely = Strata(("a", "b"), NAMES, np.array([[0, 5, 5, 0, 5, 0, 0, 0]] * 2))
    assert isinstance(areas(lonely, Assumed()), Refusal)


def test_areas_from_the_verb_and_asked_again(tmp_path: Path) -> None:
    of = _world([900, 700, 800, 500, 600, 40, 12])
    rows, known = [], 0
    for i, label in enumerate(of.labels):
        two = of.one(i).of_only((0, 1))
        rows += [f"{label},{p & 1},{p >> 1},{two.counts[p]}" for p in (1, 2, 3)]
        known += two.n
    file, pack = _file(tmp_path, "ward,police,health,count", rows), tmp_path / "pack"
    said = casetrail(
        *("demand", file, "--odds-ratio", "1", "--area", "ward", "--origin", "made-up", "--out", pack, "--json")
    )
    assert said.code == 0, said.err
    found = _answers(said.json)
    table = found["demand.areas"]["table"]
    assert sum(row[1] for row in table["rows"]) == known  # type: ignore[index]
    assert "demand.strata" in found
    assert "taken as one" in str(found["demand.areas"]["sentence"])
    again = casetrail("explain", "demand.areas", "--pack", pack, "--table", file)
    assert "Asked again: the same figure." in again.out, again.out


def test_a_count_that_is_an_upper_bound_is_read_in_three_ways(tmp_path: Path) -> None:
    file = _file(tmp_path, f"{HEAD},count", _rows(COUNTS))
    said = casetrail(
        *("demand", file, "--assume", "independent", "--origin", "made-up", "--draws", "200", "--json"),
        *("--upper-bound", "school"),
    )
    assert said.code == 0, said.err
    found = _answers(said.json)
    rows = found["demand.bound"]["table"]["rows"]  # type: ignore[index]
    none = [*COUNTS[:4], 0, *COUNTS[5:]]
    assert rows[0][1:3] == pytest.approx([160, _independent(COUNTS)])
    assert rows[1][1:3] == pytest.approx([0, _independent(none)])
    # Not used: as many belong there as the other six patterns say, at most the count.
    assert 0 < rows[2][1] <= 160
    assert rows[1][2] < rows[2][2] <= rows[0][2]
    assert "upper bound" in " ".join(found["demand.hidden"]["caveats"])  # type: ignore[arg-type]


def test_a_pattern_is_named_by_its_lists() -> None:
    of = Lists(("a+b", "c", "d"), np.array([0, 1, 1, 1, 1, 1, 1, 1]))
    assert [pattern_of(of, text) for text in ("a+b", "c + d", "D")] == [1, 6, 4]
    for wrong in ("e", "c + c", "", "a + c"):
        with pytest.raises(InputError):
            pattern_of(of, wrong)


def _headline(body: Estimate | Range | Refusal) -> Answer:
    came = Provenance("demand.hidden", Origin.MADE_UP, ())
    return Answer(
        id="demand.hidden", section="s", title="t", sentence="Before.", body=body, method="m", provenance=came
    )


def _estimate(value: float, low: float | None, high: float | None) -> Estimate:
    return Estimate(value, low, high, 0.95, "persons in all", "model")


def test_a_limit_cuts_an_interval_a_range_and_what_contradicts_it() -> None:
    (cut,) = limited((_headline(_estimate(900, 800, 1200)),), 1000)
    assert isinstance(cut.body, Estimate)
    assert (cut.body.value, cut.body.low, cut.body.high) == (900, 800, 1000)
    assert any("1,000" in said for said in cut.body.assumptions)
    (free,) = limited((_headline(_estimate(900, 800, 950)),), 1000)
    assert isinstance(free.body, Estimate)
    assert free.body.high == 950
    assert "cuts nothing off" in free.sentence
    (above,) = limited((_headline(_estimate(1100, 800, 1200)),), 1000)
    assert isinstance(above.body, Range)
    assert (above.body.low, above.body.high) == (800, 1000)
    (ranged,) = limited(
        (_headline(Range((_estimate(900, None, None), _estimate(1500, None, None)), 700, 1600, "w")),), 1000
    )
    assert isinstance(ranged.body, Range)
    assert ([c.value for c in ranged.body.candidates], ranged.body.high) == ([900], 1000)
    for body in (_estimate(1100, 1050, 1200), Range((_estimate(1500, None, None),), 1200, 1600, "w")):
        (refused,) = limited((_headline(body),), 1000)
        assert isinstance(refused.body, Refusal)
        assert refused.body.reason == "above_limit"


def test_a_limit_on_lists_goes_into_the_averaging_too(tmp_path: Path) -> None:
    file = _file(tmp_path, f"{HEAD},count", _rows(COUNTS))
    more = ("--assume", "two-way", "--origin", "made-up", "--draws", "200", "--most", "1000")
    said = casetrail("demand", file, *more, "--json")
    assert said.code == 0, said.err
    found = _answers(said.json)
    assert max(row[3] for row in found["demand.graphs"]["table"]["rows"] if row[3] is not None) <= 1000  # type: ignore[index]
    assert "Stated, and not to be confirmed" in str(found["demand.hidden"]["caveats"])
    assert casetrail("demand", file, *more[:-1], "572").code == 4


def test_two_lists_under_a_limit_are_asked_again(tmp_path: Path) -> None:
    file, pack = _file(tmp_path, "police,health,count", ["1,0,80", "0,1,60", "1,1,20"]), tmp_path / "pack"
    said = casetrail("demand", file, "--origin", "made-up", "--most", "700", "--out", pack, "--json")
    assert _answers(said.json)["demand.hidden"]["range"]["high"] == 700  # type: ignore[index]
    again = casetrail("explain", "demand.hidden", "--pack", pack, "--table", file)
    assert "Asked again: the same figure." in again.out, again.out


def test_a_limit_closes_repeat_counts_that_run_off(tmp_path: Path) -> None:
    """Steeper than Fisher's log series, the law with infinitely many hidden: no law with an end fits as well."""
    file = _file(tmp_path, "times,persons", [f"{t},{round(2000 * 0.9**t / t**1.5)}" for t in range(1, 20)])
    open_above = _answers(casetrail("demand", file, "--origin", "made-up", "--json").json)["demand.hidden"]
    assert "no upper limit can be given" in str(open_above["sentence"])
    closed = casetrail("demand", file, "--origin", "made-up", "--most", "50000", "--json")
    assert closed.code == 0, closed.err
    body = _answers(closed.json)["demand.hidden"]["range"]
    assert body["high"] == 50_000  # type: ignore[index]
    assert "no upper limit" not in body["why_no_point"]  # type: ignore[index]


def test_what_is_not_for_repeat_counts_is_told(tmp_path: Path) -> None:
    file = _file(tmp_path, "times,persons", ["1,900", "2,60"])
    assert casetrail("demand", file, "--origin", "made-up", "--upper-bound", "police").code == 4
