"""The shipped scores: of this very code, reproducible, able to fail, and printed where they belong."""

from __future__ import annotations

import importlib.util
import inspect
import json
import sys
from dataclasses import replace
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest

from casetrail.compare import standing
from casetrail.compare.measure import LEVELS, verdict
from casetrail.stats import funnel as funnel_module
from casetrail.stats.funnel import Funnel, funnel
from casetrail.stats.intervals import normal_quantile, wilson
from casetrail.stats.scores import METHODS, NotScored, Scored, code_hash, score, shipped

ROOT = Path(__file__).parents[2]
TRUTH = ROOT / "bench" / "truth"
sys.path.insert(0, str(TRUTH))

import bars  # noqa: E402
import report  # noqa: E402
import scoring  # noqa: E402
import worlds  # noqa: E402


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, writing into a folder of its own."""
    spec = importlib.util.spec_from_file_location("truth_run", TRUTH / "run.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = tmp_path / "compare.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")
    places = {"HERE": tmp_path, "STATE": tmp_path / "state.jsonl", "SHIPPED": tmp_path / "s.json", "MANUAL": page}
    hashed = module.scorer_hash()
    monkeypatch.setattr(module, "scorer_hash", lambda: hashed)
    for name, path in places.items():
        monkeypatch.setattr(module, name, path)
    return module


def scored(method: str) -> Scored:
    found = score(method)
    assert isinstance(found, Scored), found
    return found


@pytest.mark.parametrize("method", METHODS)
def test_scores_are_of_the_code_as_it_is(method: str) -> None:
    assert code_hash(method) == scored(method).code
    assert shipped()["methods"][method]["verdict"] == scored(method).verdict


def test_scores_are_of_the_worlds_as_they_are(run: ModuleType) -> None:
    assert shipped()["scorer"] == run.scorer_hash(), "worlds, scoring or bars have changed: run `just truth`"
    assert list(shipped()["worlds"]) == [w.name for w in worlds.WORLDS]


def test_another_code_is_not_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    def overdispersion(z: npt.NDArray[np.float64]) -> float:
        return float(np.mean(z**2))

    monkeypatch.setattr(funnel_module, "overdispersion", overdispersion)
    for method in METHODS:
        found = score(method)
        assert isinstance(found, NotScored) == (method != "ordinary.limits"), "which does not use phi"
        assert (found.verdict == "not scored") == (method != "ordinary.limits")
    assert "is not scored on made-up worlds" in standing("Haringey", "2009-10")[0].caveats[-1]


def test_a_function_that_is_gone_is_changed_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores of an older version name functions that this one may not have."""
    monkeypatch.setattr(
        "casetrail.stats.scores.studied", lambda: {"m": {"functions": [["casetrail.figures", "no_such_function"]]}}
    )
    found = score("m")
    assert isinstance(found, NotScored) and "changed" in found.why


def test_without_the_source_it_is_not_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_: object) -> str:
        raise OSError

    monkeypatch.setattr(inspect, "getsource", unreadable)
    assert score("funnel.adjusted").verdict == "not scored"


def test_an_unknown_method_is_an_error() -> None:
    with pytest.raises(KeyError):
        score("funnel.magic")


def test_each_score_follows_from_its_counts_and_its_bar() -> None:
    cells = [s for m in shipped()["methods"].values() for s in m["scores"]]
    for s in cells:
        low, high = wilson(s["hits"], s["trials"], 0.99)
        assert (s["value"], s["low"], s["high"]) == (
            round(s["hits"] / s["trials"], 4),
            round(low, 4),
            round(high, 4),
        )
        assert s["trials"] >= 1000
        assert s["verdict"] == bars.verdict(bars.BARS[s["score"]], low, high)
        outside = s["bar"] and (high < s["bar"][0] or low > s["bar"][1])
        assert (s["verdict"] == "fails") == bool(outside)
    assert shipped()["cells_tested"] == sum(s["bar"] is not None for s in cells)
    assert shipped()["cells_failing"] == sum(s["verdict"] == "fails" for s in cells)


@pytest.mark.parametrize("name", [w.name for w in worlds.WORLDS])
def test_a_small_run_on_other_draws_agrees(name: str) -> None:
    # Two-sided at 99.99 %: 150 cells are looked at.
    found = scoring.tally(worlds.world(name), 50, seed=1)
    for method, counts in found.counts.items():
        for what, (hits, trials) in counts.items():
            low, high = wilson(hits, trials, 0.9999)
            assert low <= scored(method).of(name, what).value <= high, (method, what, hits, trials)


def test_the_same_seed_gives_the_same_counts() -> None:
    of = worlds.world("outlier")
    assert scoring.tally(of, 20) == scoring.tally(of, 20)
    assert scoring.tally(of, 20) != scoring.tally(of, 20, seed=1)


def test_a_broken_method_fails_its_bar() -> None:
    def blind(x: npt.ArrayLike, n: npt.ArrayLike) -> Funnel:
        return replace(funnel(x, n), phi=1.0)

    counts = scoring.tally(worlds.world("ordinary-50"), 200, compare=blind).counts
    for method, what in (("funnel.adjusted", "flagged_95"), ("apart.positions", "told_wrong")):
        low, high = wilson(*counts[method][what], 0.99)
        assert bars.verdict(bars.BARS[what], low, high) == "fails"
        assert low > scored(method).of("ordinary-50", what).high


def test_a_scorer_whose_claims_are_not_those_of_the_function_stops() -> None:
    year = worlds.draw(worlds.world("ordinary-50"), np.random.default_rng(3))
    found = funnel(year.numerators, year.denominators)
    with pytest.raises(ValueError, match="claims"):
        list(scoring.apart_hits(year, found, 0, scoring.Apart(149, 0, 0)))


def test_by_hand_where_all_have_the_same_size() -> None:
    # Normal z, lowest and highest tenth at the quantile q: E z^2 = 0.8 - 2 q f(q) + 0.2 q^2 = 0.679, so that a
    # limit at 1.96 stands at 1.96 * sqrt(0.679) = 1.61. Counts leave it a little off normal: 0.1064 +- 0.01.
    normal = NormalDist()
    q = normal.inv_cdf(0.9)
    phi = 0.8 - 2 * q * normal.pdf(q) + 0.2 * q * q
    assert pytest.approx(phi, abs=5e-6) == 0.67865
    expected = 2 * normal.cdf(-normal_quantile(0.95) * sqrt(phi))
    assert pytest.approx(expected, abs=5e-5) == 0.1064
    assert pytest.approx(scored("funnel.adjusted").of("ordinary-equal", "flagged_95").value, abs=0.01) == expected


def test_worlds_are_what_they_say() -> None:
    about = shipped()["worlds"]
    assert 45 < about["ordinary-50"]["phi_median"] < 55
    assert 140 < about["ordinary-145"]["phi_median"] < 150  # 142.7 on the published figures of 2009-10
    rng = np.random.default_rng(5)
    year = worlds.draw(worlds.world("outlier"), rng)
    assert (year.denominators.size, int(np.sum(~year.blameless))) == (150, 1)
    gap = year.level[~year.blameless] - year.level[year.blameless][0]
    assert gap == pytest.approx([-2.1])
    assert list(year.year[~year.blameless]) == list(year.level[~year.blameless])
    assert int(np.sum(~worlds.draw(worlds.world("bad-fifth"), rng).blameless)) == 30
    tied = worlds.draw(worlds.world("size-tied"), rng)
    assert np.corrcoef(tied.year, np.log(tied.denominators))[0, 1] < -0.3


def test_what_is_scored_is_what_the_page_says() -> None:
    assert [normal_quantile(level) for level in LEVELS] == [scoring.Q95, scoring.Q998]
    for z in (-3.1, -3.0, -1.97, 0.0, 1.95, 1.97, 3.1):
        assert (abs(z) > scoring.Q95) == (verdict(z) != verdict(0.0))
        assert (abs(z) > scoring.Q998) == ("99.8" in verdict(z))


def test_the_manual_has_the_table_of_today() -> None:
    page = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
    assert report.manual(shipped()) in page


def test_the_prose_of_the_manual_holds() -> None:
    plain, limits, positions = (scored(m) for m in ("funnel.plain", "funnel.adjusted", "apart.positions"))
    ordinary = [w.name for w in worlds.WORLDS if w.spread and not w.shifted and w.sizes != "tiny"]
    for name in ordinary:
        assert plain.of(name, "flagged_95").verdict == "fails"
        assert 1.5 < limits.of(name, "flagged_95").value / 0.05 < 2.6
        assert positions.of(name, "covers").verdict == "fails"
        assert positions.of(name, "covers_year").verdict == "passes"
    for name in ("chance", "chance-small"):
        assert {s.verdict for s in limits.tested if s.world == name} == {"passes"}
    assert limits.of("bad-fifth", "found_95").high < 0.5
    about = shipped()["worlds"]
    assert about["bad-fifth"]["phi_median"] > 2 * about["ordinary-50"]["phi_median"]
    for of, name in ((limits, "flagged_95"), (positions, "covers"), (positions, "told_wrong_year")):
        assert of.of("tiny", name).verdict == "fails"


def test_the_summary_prints_a_line_of_it() -> None:
    line = standing("Kent", "2010-11")[0].caveats[-1]
    limits, positions = scored("funnel.adjusted"), scored("apart.positions")
    assert line.startswith("On made-up worlds where the truth is known")
    for found in (
        limits.of("chance", "flagged_95"),
        limits.of("ordinary-145", "flagged_95"),
        limits.of("outlier", "found_95"),
        positions.of("ordinary-145", "covers"),
    ):
        assert f"{100 * found.value:.1f} %" in line
    assert "bar at most 5 %, fails" in line
    assert "docs/compare.md" in line


def test_finished_worlds_are_not_run_again(
    run: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run.score_all(["tiny"], 5)
    with run.STATE.open("a", encoding="utf-8") as file:
        file.write('{"key": "cut off by a ki')
    both = run.score_all(["tiny", "chance-small"], 5)
    assert first["tiny"] == both["tiny"]
    assert both == run.score_all(["tiny", "chance-small"], 5)
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[1].split()[0] for line in said] == ["scored", "kept", "scored", "kept", "kept"]
    monkeypatch.setattr(run, "code_hash", lambda method: "another code")
    run.score_all(["tiny"], 5)
    assert "tiny: scored" in capsys.readouterr().out


def test_shipping_twice_appends_once(run: ModuleType) -> None:
    scores = report.assemble(run.score_all(["tiny", "chance"], 5), scorer="0" * 64)
    run.ship(scores)
    run.ship(scores)
    assert scores == json.loads(run.SHIPPED.read_text(encoding="utf-8"))
    assert len((run.HERE / "scores.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    assert (run.HERE / "scores.md").read_text(encoding="utf-8").count("## Scorer") == 1
    page = run.MANUAL.read_text(encoding="utf-8")
    assert page == f"before\n{report.manual(scores)}\nafter\n"


def test_small_or_partial_runs_do_not_ship(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["run.py", "--only", "tiny", "--replicates", "5"])
    run.main()
    assert not run.SHIPPED.exists()
    assert not (run.HERE / "scores.md").exists()
