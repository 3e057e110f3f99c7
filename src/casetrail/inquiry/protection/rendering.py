"""The document as Markdown, as one page of HTML without script or request, and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from html import escape
from typing import Any

from casetrail.inquiry.protection.document import Document, Part, Rows

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid #bbb;padding:.35rem .5rem;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#f0f0f0}"
    ".question{border-left:4px solid #777;padding:.2rem .8rem;margin:.6rem 0;min-height:3.5rem}.stamp{font-weight:700}"
)
_ANSWER = "Answer: ____________________"


def as_markdown(document: Document) -> str:
    """Markdown with one line below each question to be filled in."""
    lines = [f"# {_plain(document.title)}", "", f"**{document.stamp}**", ""]
    lines += [text for line in document.lines for text in (_plain(line), "")]
    for part in document.parts:
        lines += [f"{'#' * part.level} {_plain(part.heading)}", ""]
        lines += [text for line in part.said for text in (_plain(line), "")]
        if part.rows is not None:
            lines += [*_grid(part.rows), ""]
        lines += [text for question in part.questions for text in (f"- **{_plain(question)}** {_ANSWER}", "")]
    return "\n".join(lines).rstrip() + "\n"


def _grid(rows: Rows) -> list[str]:
    head = ["| " + " | ".join(rows.titles) + " |", "|" + "---|" * len(rows.titles)]
    return head + ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows.rows]


def _plain(text: str) -> str:
    """Words of an inquiry are words: no heading, table, link or markup can come in with them."""
    for sign in "\\[]*_#`":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.replace("<", "&lt;").split())


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")


def as_html(document: Document) -> str:
    """One HTML page that needs nothing else."""
    inner = [f"<h1>{escape(document.title)}</h1>", f'<p class="stamp">{escape(document.stamp)}</p>']
    inner += [f"<p>{escape(line)}</p>" for line in document.lines]
    for part in document.parts:
        inner += _html_part(part)
    head = f'<meta charset="utf-8"><title>{escape(document.title)}</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n' + "\n".join(inner) + "\n</body></html>\n"


def _html_part(part: Part) -> list[str]:
    told = [f"<h{part.level}>{escape(part.heading)}</h{part.level}>"]
    told += [f"<p>{escape(line)}</p>" for line in part.said]
    if part.rows is not None:
        head = "".join(f"<th>{escape(title)}</th>" for title in part.rows.titles)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in part.rows.rows
        )
        told.append(f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>")
    told += [f'<p class="question">{escape(question)}</p>' for question in part.questions]
    return told


def as_json(document: Document) -> dict[str, Any]:
    """The document as plain values."""
    return {"schema": "casetrail/protection/1", **asdict(document)}
