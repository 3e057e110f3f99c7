"""Write docs/local-extracts.md from the forms: `python docs/make_local_extracts.py`."""

from __future__ import annotations

from pathlib import Path

from casetrail.records.returns import ColumnForm, Form, TableForm, form, form_names

HERE = Path(__file__).parent
_ORDER = ("police-incidents", "police-crimes", "police-notices", "health-attendances", "school-concerns")


def _listed(texts: tuple[str, ...]) -> str:
    return ", ".join(text.replace("|", "\\|") for text in texts)


def _said(column: ColumnForm) -> str:
    told = [word for word in ("required", "expected", "identity", "privileged") if getattr(column, word)]
    return ", ".join(told)


def _columns(table: TableForm) -> list[str]:
    lines = ["| column | kind | | headings seen |", "|---|---|---|---|"]
    for name, column in table.columns.items():
        lines.append(f"| `{name}` | {column.kind} | {_said(column)} | {_listed(column.names)} |")
    return lines


def _events(table: TableForm) -> list[str]:
    lines = ["| becomes | dated by | with |", "|---|---|---|"]
    for one in table.mappings:
        label = one.label if one.label != "as the row says" else f"as `{one.feeds['activity'].columns[0]}` says"
        fed = [
            f"{ours} = {' + '.join(f'`{name}`' for name in feed.columns)}"
            for ours, feed in one.feeds.items()
            if ours not in ("at", "from", "activity")
        ]
        only = [f"`{name}` is {_of(codes)}" for name, codes in one.when.items()]
        only += [f"`{name}` is not {_of(codes)}" for name, codes in one.unless.items()]
        fed += [f"only where {' and '.join(only)}"] if only else []
        lines.append(f"| {label} | `{one.start}` | {'; '.join(fed)} |")
    return lines


def _of(codes: tuple[str, ...]) -> str:
    return " or ".join({"": "blank", "*": "filled"}.get(code, code) for code in codes)


def _codes(about: Form) -> list[str]:
    seen: dict[tuple[str, ...], list[str]] = {}
    sets = {}
    for table in about.tables.values():
        for name, column in table.columns.items():
            if column.codes:
                key = tuple(column.codes)
                seen.setdefault(key, []).append(name)
                sets[key] = column.codes
    lines = []
    for key, names in seen.items():
        lines += [f"Codes of {', '.join(f'`{name}`' for name in dict.fromkeys(names))}:\n"]
        lines += [f"* {code}: {_listed(others)}" if others else f"* {code}" for code, others in sets[key].items()] + [
            ""
        ]
    return lines


def _section(name: str) -> str:
    about = form(name)
    lines = [
        f"\n## {name}\n",
        f'{about.title}; agency "{about.agency}", persons by "{about.person_scheme}".\n',
        "It can say:\n",
    ]
    lines += [f"* {line}" for line in about.carries] + ["\nIt cannot say:\n"] + [f"* {line}" for line in about.cannot]
    for table in about.tables.values():
        lines += [f"\n### {about.title}: {table.title.lower()}\n", *_columns(table), "", *_events(table), ""]
    return "\n".join([*lines, *_codes(about)]).rstrip() + "\n"


def local_names() -> list[str]:
    """The forms of local extracts, police first."""
    names = [name for name in form_names() if form(name).local]
    return sorted(names, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))


def text() -> str:
    """The whole page."""
    head = (HERE / "local-extracts-head.md").read_text(encoding="utf-8")
    return head + "".join(_section(name) for name in local_names())


if __name__ == "__main__":
    (HERE / "local-extracts.md").write_text(text(), encoding="utf-8", newline="\n")
