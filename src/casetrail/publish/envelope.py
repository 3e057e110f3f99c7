"""Answers as JSON: one envelope for every verb, described by schemas/envelope.json.

Unknown is `null`, a withheld cell is an object that names the rule, and there is no NaN or infinity.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from importlib import resources
from typing import Any

from casetrail.figures import Answer, Cell, Estimate, Origin, Provenance, Range, Refusal, Suppressed, Table

Json = dict[str, Any]


INTERNAL = "Internal, not for release"


def envelope(verb: str, origin: Origin | str, answers: Sequence[Answer], *, internal: bool = False) -> Json:
    """The JSON envelope of a verb's answers. It does not protect: `publish` does that before.

    `internal` stamps what is not protected and must stay in the house.
    """
    return {
        "schema": f"casetrail/{verb}/1",
        "origin": str(origin),
        **({"stamp": INTERNAL} if internal else {}),
        "answers": [_answer(answer) for answer in answers],
    }


def origin_of(answers: Sequence[Answer]) -> str:
    """The one origin of all answers, or `mixed`."""
    origins = {answer.origin for answer in answers}
    return str(origins.pop()) if len(origins) == 1 else "mixed"


def schema(name: str = "envelope") -> Json:
    """A published JSON Schema (draft 2020-12): `envelope` or `provenance`."""
    file = resources.files("casetrail.publish") / "schemas" / f"{name}.json"
    found: Json = json.loads(file.read_text(encoding="utf-8"))
    return found


def json_text(value: object) -> str:
    """JSON as casetrail writes it: UTF-8, indented, and an error rather than NaN."""
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def jsonable(value: object) -> Any:
    """A parameter or other loose value as JSON; what JSON cannot say becomes text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(str(item) for item in value)
    return str(value)


def _answer(answer: Answer) -> Json:
    kind, body = _body(answer)
    return {
        "id": answer.id,
        "section": answer.section,
        "title": answer.title,
        "sentence": answer.sentence,
        "origin": str(answer.origin),
        "method": answer.method,
        "caveats": list(answer.caveats),
        "kind": kind,
        kind: body,
        "provenance": _compact(answer.provenance),
    }


def _body(answer: Answer) -> tuple[str, Json]:
    body = answer.body
    if isinstance(body, Table):
        return "table", _table(body)
    if isinstance(body, Refusal):
        return "refusal", {
            "refused": True,
            "reason": body.reason,
            "message": body.message,
            "would_help": list(body.would_help),
        }
    provenance = _compact(answer.provenance)
    if isinstance(body, Range):
        return "range", {
            "candidates": [_estimate(e, provenance) for e in body.candidates],
            "low": _finite(body.low),
            "high": _finite(body.high),
            "why_no_point": body.why_no_point,
        }
    return "estimate", _estimate(body, provenance)


def _estimate(estimate: Estimate, provenance: Json) -> Json:
    return {
        "value": _finite(estimate.value),
        "low": _finite(estimate.low),
        "high": _finite(estimate.high),
        "level": _finite(estimate.level),
        "unit": estimate.unit,
        "method": estimate.method,
        "assumptions": list(estimate.assumptions),
        "warnings": list(estimate.warnings),
        "n": estimate.n,
        "sources": list(estimate.sources),
        "provenance": provenance,
    }


def _table(table: Table) -> Json:
    return {
        "columns": [{"name": c.name, "title": c.title, "kind": c.kind} for c in table.columns],
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
        "margins": sorted(table.margins),
        "suppressed": table.suppressed,
    }


def _cell(cell: Cell) -> Any:
    return {"withheld": cell.rule} if isinstance(cell, Suppressed) else jsonable(cell)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _compact(provenance: Provenance) -> Json:
    return {
        "question": provenance.question,
        "sources": [{"name": s.name, "sha256": s.sha256} for s in provenance.sources],
        "parameters": {key: jsonable(value) for key, value in provenance.parameters},
        "version": provenance.version,
        "relations": [{"name": r.name, "sha256": r.sha256} for r in provenance.relations],
    }
