"""Write docs/measures.md from the headers of the relations: `python docs/make_measures.py`."""

from __future__ import annotations

from pathlib import Path

from casetrail.trail.build import RECORD_RELATIONS, TRAIL_RELATIONS, relation

HERE = Path(__file__).parent
SQL = HERE.parent / "src" / "casetrail" / "trail" / "sql"

_HEAD = """\
# Measures

Every measure is one `select` in one `.sql` file under `src/casetrail/trail/sql/`; a reader can paste it into a shell on a snapshot.
`casetrail explain` prints those behind a figure. This page is written from their headers (`python docs/make_measures.py`).

Times are microseconds; a day is 24 hours. `scope_no` is the group asked for with `--by`.
"""


def _section(title: str, names: list[str]) -> str:
    lines = [f"\n## {title}\n", "| relation | what it gives | reads | source |", "|---|---|---|---|"]
    for name in names:
        found = relation(name)
        lines.append(f"| `{name}` | {found.says} | {', '.join(found.inputs)} | {found.source} |")
    return "\n".join(lines) + "\n"


def text() -> str:
    """The whole page."""
    built = [*RECORD_RELATIONS, *TRAIL_RELATIONS]
    measures = sorted(file.stem for file in SQL.glob("*.sql") if file.stem not in built)
    return _HEAD + _section("Built once, in this order", built) + _section("Asked of it", measures)


if __name__ == "__main__":
    (HERE / "measures.md").write_text(text(), encoding="utf-8")
