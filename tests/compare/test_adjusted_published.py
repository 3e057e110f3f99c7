"""One body under every set of adjusters, on the published figures: asked again, drawn, gated."""

from __future__ import annotations

from casetrail.compare.adjusted import QUESTION, adjusted_answer
from casetrail.compare.collection import shipped_collection
from casetrail.figures import Answer, Column, Refusal, Table
from casetrail.public.shipped import shipped_panel
from casetrail.publish.drawing import draw


def cells(answer: Answer, column: str) -> list[object]:
    assert isinstance(answer.body, Table)
    return list(answer.body.column(column))


def refusal(answer: Answer) -> Refusal:
    assert isinstance(answer.body, Refusal)
    assert answer.chart is None
    assert answer.body.message in answer.sentence
    return answer.body


def test_it_can_be_asked_again_from_its_provenance() -> None:
    of = shipped_panel("plans-rate")
    answer = adjusted_answer(of, "309", "2009-10", sets=[["idaci", "age mix"]])
    asked = dict(answer.provenance.parameters)
    assert answer.provenance.question == QUESTION
    assert {s.name.rsplit("/", 1)[1] for s in answer.provenance.sources} == {
        "panels.csv.gz",
        "idaci.csv",
        "child_population_bands.csv",
    }
    again = adjusted_answer(
        shipped_panel(str(asked["measure"])),
        str(asked["authority"]),
        str(asked["year"]),
        sets=asked["sets"],  # type: ignore[arg-type]
    )
    assert again.body == answer.body
    assert again.id == answer.id == "compare.haringey.2009-10.plans-rate.adjusted"


def test_the_chart_is_drawn_from_the_table() -> None:
    answer = adjusted_answer(shipped_panel("plans-rate"), "309", "2009-10")
    drawing = draw(answer, "a")
    assert drawing is not None
    assert (drawing.left_out, drawing.unknown) == (0, 0)
    assert answer.chart is not None
    ratio, low, high = (cells(answer, c)[0] for c in ("ratio", "low95", "high95"))
    assert f"nothing: {ratio:.2f}, from {low:.2f} to {high:.2f}, within 95 % limits" in answer.chart.alt
    columns = {c.name: c for c in answer.body.columns if isinstance(c, Column)}  # type: ignore[union-attr]
    assert columns["ratio"].digits == 2


def test_published_figures_of_haringey() -> None:
    """Lateness of 2009-10 stands under every set, plans stay within. Eight sets: index, under-fives, language."""
    late = adjusted_answer(shipped_panel("initial-assessments-7-days"), "Haringey", "2009-10")
    assert "under all 8 adjustment sets Haringey lay below" in late.sentence
    assert any("the year after the director of the time had left" in c for c in late.caveats)
    assert any("explanation, not an excuse" in c for c in late.caveats)
    assert any("IDACI) is of 2012" in c for c in late.caveats)
    plans = adjusted_answer(shipped_panel("plans-rate"), "Haringey", "2009-10")
    assert "under all 8 adjustment sets Haringey lay within" in plans.sentence
    assert any("children in low income families (no figures for this period)" in c for c in plans.caveats)


def test_gates_apply_where_the_quality_is_given() -> None:
    quality = shipped_collection().qualities["children-in-need-rate"]
    assert refusal(adjusted_answer(quality, "Haringey", "2009-10")).reason == "not_fit"
    other = adjusted_answer(quality, "Camden", "2009-10")
    assert any("not fit to compare" in c and "Haringey" in c for c in other.caveats)
