"""The page of a pack: everything the template prints, made ready as plain values."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from casetrail.figures import Answer, Estimate, Origin, Range, Refusal, Suppressed, Table
from casetrail.publish.cells import UNKNOWN, cell_text, date_text, estimated, is_unknown, level_text, range_text
from casetrail.publish.colours import palette_css
from casetrail.publish.drawing import draw
from casetrail.publish.protect import protected

LONG_TABLE = 25


@dataclass(frozen=True, slots=True)
class Front:
    """What the front of the pack says about the whole."""

    title: str
    subtitle: str
    version: str
    as_of: str
    lede: str
    stamp: str
    withheld_cells: int
    withheld_answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """Real or made-up, in words; `kind` only chooses how the words look."""

    kind: str
    short: str
    label: str


@dataclass(frozen=True, slots=True)
class TableView:
    """A table as text: one (class, text) pair for each cell."""

    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    withheld: int
    rules: str
    long: bool


@dataclass(frozen=True, slots=True)
class FigureView:
    """An estimate in words."""

    value: str
    unit: str
    interval: str
    body: Estimate


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer with all its parts ready to print; parts it does not have are None."""

    answer: Answer
    badge: Badge
    guarded: bool
    svg: Markup | None
    left_out: int
    undrawn: int
    table: TableView | None
    figures: tuple[FigureView, ...]
    refusal: Refusal | None
    range_words: tuple[str, str] | None
    parameters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section: its anchor, title, the origins in it, and its answers."""

    anchor: str
    title: str
    badges: tuple[Badge, ...]
    answers: tuple[AnswerView, ...]


def page(answers: Sequence[Answer], front: Front) -> str:
    """The whole page as HTML text. Raises: OutputError when a chart cannot be drawn."""
    views = [_answer(answer, f"c{i}") for i, answer in enumerate(answers, 1)]
    css = _css()
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    html = (
        _environment()
        .get_template("pack.html.j2")
        .render(
            front=front,
            as_of=date_text(front.as_of),
            sections=_sections(views),
            badges=_badges(views),
            origins=" and ".join(dict.fromkeys(v.badge.short for v in views)),
            mixed=len({v.badge.kind for v in views}) > 1,
            count=len(views),
            css=Markup(css),  # noqa: S704  (our own file, no data in it; its hash must match byte for byte)
            csp=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        )
    )
    return re.sub(r"\n\s*\n+", "\n", html)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("casetrail.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _css() -> str:
    file = resources.files("casetrail.publish") / "templates" / "pack.css"
    text = re.sub(r"/\*.*?\*/", "", palette_css() + file.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()


def _sections(views: Sequence[AnswerView]) -> list[SectionView]:
    grouped: dict[str, list[AnswerView]] = {}
    for view in views:
        grouped.setdefault(view.answer.section, []).append(view)
    return [
        SectionView(f"s{i}", title, _badges(inner), tuple(inner)) for i, (title, inner) in enumerate(grouped.items(), 1)
    ]


def _badges(views: Sequence[AnswerView]) -> tuple[Badge, ...]:
    return tuple(dict.fromkeys(view.badge for view in views))


def _badge(origin: Origin) -> Badge:
    return Badge("real" if origin.is_real else "made", "Real" if origin.is_real else "Made-up", origin.label)


def _answer(answer: Answer, prefix: str) -> AnswerView:
    body = answer.body
    drawing = draw(answer, prefix)
    estimates = body.candidates if isinstance(body, Range) else (body,) if isinstance(body, Estimate) else ()
    return AnswerView(
        answer=answer,
        badge=_badge(answer.origin),
        guarded=protected(answer),
        svg=Markup(drawing.svg) if drawing else None,  # noqa: S704  (serialised by lxml, which escapes)
        left_out=drawing.left_out if drawing else 0,
        undrawn=drawing.unknown if drawing else 0,
        table=_table(body) if isinstance(body, Table) else None,
        figures=tuple(_figure(e) for e in estimates),
        refusal=body if isinstance(body, Refusal) else None,
        range_words=(range_text(body), body.why_no_point) if isinstance(body, Range) else None,
        parameters=tuple((key, str(value)) for key, value in answer.provenance.parameters),
    )


def _figure(estimate: Estimate) -> FigureView:
    interval = "no interval"
    if estimate.low is not None or estimate.high is not None:
        low, high = (UNKNOWN if x is None else estimated(x, estimate.unit) for x in (estimate.low, estimate.high))
        level = f"{level_text(estimate.level)} interval: " if estimate.level is not None else "interval: "
        interval = f"{level}{low} to {high}"
    return FigureView(estimated(estimate.value, estimate.unit), estimate.unit, interval, estimate)


def _table(table: Table) -> TableView:
    kinds = ["t" if c.kind == "text" else "" for c in table.columns]
    rows = []
    for i, row in enumerate(table.rows):
        cells = []
        for column, kind, cell in zip(table.columns, kinds, row, strict=True):
            mark = "w" if isinstance(cell, Suppressed) else "u" if is_unknown(cell) else ""
            cells.append((f"{kind} {mark}".strip(), cell_text(column, cell)))
        rows.append(("m" if i in table.margins else "", tuple(cells)))
    heads = tuple((kind, column.title) for kind, column in zip(kinds, table.columns, strict=True))
    rules = "; ".join(sorted({c.rule for row in table.rows for c in row if isinstance(c, Suppressed)}))
    return TableView(heads, tuple(rows), table.suppressed, rules, len(table.rows) > LONG_TABLE)
