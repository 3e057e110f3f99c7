"""How `explain` says what it found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.markup import escape

from casetrail.cli.saying import out, print_json
from casetrail.inquiry import Explained


def say(found: Explained, pack: Path, *, json: bool) -> None:
    """Print sources, parameters, the relations in the order they ran, and whether asking again agrees."""
    if json:
        print_json(_as_json(found))
        return
    console = out()
    came = found.provenance
    console.print(f"[bold]{escape(found.id)}[/]  {escape(str(came['origin']))}  made by casetrail {came['version']}")
    console.print(escape(str(found.answer["sentence"])), soft_wrap=True)
    console.print(f"\n[bold]Pack[/]  {escape(str(pack))}", soft_wrap=True)
    console.print("\n[bold]Sources[/]")
    for source in came["sources"]:
        made = f"; made by {source['made_by']}" if source.get("made_by") else ""
        judged = f"; the body judged by it: {source['judged_by_it']}" if source.get("judged_by_it") else ""
        note = f"; {source['note']}" if source.get("note") else ""
        console.print(f"  {escape(source['name'] + made + judged + note)}", soft_wrap=True)
        console.print(f"    sha256 {source['sha256']}", soft_wrap=True)
    console.print("\n[bold]Parameters[/]")
    for name, value in came["parameters"].items():
        console.print(f"  {escape(name)} = {escape(str(value))}", soft_wrap=True)
    _say_relations(found.relations)
    said = {
        True: "[bold]Asked again: the same figure.[/]",
        False: f"[bold red]Asked again: NOT the same figure[/] ({escape(found.why_not)}). Sources, inquiry file, "
        "casetrail or the pack have changed.",
        None: f"[dim]{escape(found.why_not)}[/]",
    }
    console.print("\n" + said[found.same], soft_wrap=True)


def _say_relations(relations: tuple[Mapping[str, Any], ...]) -> None:
    console = out()
    console.print(
        "\n[bold]What ran, in order[/]" if relations else "\n[dim]No database relation stands behind this figure.[/]"
    )
    for run in relations:
        console.print(f"\n[bold]{escape(run['name'])}[/]  parameters {escape(str(run['parameters']))}", soft_wrap=True)
        console.print(f"  sha256 {run['sha256']}", soft_wrap=True)
        console.print(escape(run["sql"].rstrip()), soft_wrap=True)


def _as_json(found: Explained) -> dict[str, Any]:
    return {
        "schema": "casetrail/explain/1",
        "id": found.id,
        "origin": found.provenance["origin"],
        "answer": dict(found.answer),
        "provenance": dict(found.provenance),
        "relations": [dict(run) for run in found.relations],
        "asked_again": found.same,
        "why_not_asked_again": found.why_not,
    }
