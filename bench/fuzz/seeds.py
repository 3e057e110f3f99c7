"""Small valid files of every format, and how they are spoilt: by bytes, or cell by cell with a count that is known."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from casetrail.records.returns import form, form_names

KEYED = {"person": ("who",), "activity": ("what",), "at": ("when",), "end": ("until",), "outcome": ("note",)}
COLUMNS = ("who", "what", "when", "until", "note")
# What comes in records, and what is put there to break a reader.
ODD = (
    *("", " ", "\t", "0", "-1", "1900-01-01", "31/02/2020", "2030-12-31", "01/01/2020", "2020-01-01T25:61", "9" * 30),
    *(
        "#DIV/0!",
        "=1+1",
        "'=1",
        '"',
        '""',
        "a\nb",
        "a\r\nb",
        "\0",
        "\ufdd0x",
        "\ufffe",
        "é",
        "👪",
        "a" * 2_000,
        "1e999",
    ),
    *("<a>", "&amp;", "&x;", "]]>", "<!--", "<!DOCTYPE a>", "NaN", "null", "true", "../../x", ",", ";", "|"),
)
_TOKENS = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"\n", b"\r\n", b"\r", b",", b"<", b">", b"&", b"/", b"PK\x03\x04"),
    *(b"\xff", b"\x80", b"\xf4\x90\x80\x80", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"<![CDATA[", b"]]>", b"PAR1"),
    *(b"\x1f\x8b", b"A" * 300, b"1" * 40, b"-", b"=", b'""', b"xmlns='a'", b"\xed\xa0\x80", b"sep=;\n"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One input: files by name, how to read them, and how many rows there are where that is known."""

    files: dict[str, bytes]
    format: str = "auto"
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: int | None = None
    recognise: bool = False


Maker = Callable[[random.Random], Case]


def readers() -> dict[str, Maker]:
    """Every reader by name, each with a maker of inputs."""
    found: dict[str, Maker] = {
        "csv": lambda rng: _plain(rng, "csv"),
        "xlsx": lambda rng: _plain(rng, "xlsx"),
        "parquet": lambda rng: _plain(rng, "parquet"),
        "xes": _xes,
    }
    for name in form_names():
        for kind in form(name).containers:
            if kind == "xml":
                found[f"{name} xml"] = lambda rng, name=name: _tree(rng, name)
            else:
                found[f"{name} {kind}"] = lambda rng, name=name, kind=kind: _table(rng, name, kind)
    return found


def _cells(rng: random.Random, plain: Sequence[str], *, odds: float) -> list[str]:
    return [rng.choice(ODD) if rng.random() < odds else cell for cell in plain]


def _spoilt(rng: random.Random, content: bytes) -> bytes:
    """A few changes of bytes: flipped, cut, doubled, moved, or something put in."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at = rng.randrange(len(data) + 1)
        to = min(len(data), at + rng.choice((1, 2, 8, 64)))
        match rng.randrange(6):
            case 0 if data:
                data[at % len(data)] ^= 1 << rng.randrange(8)
            case 1:
                del data[at:to]
            case 2:
                data[at:at] = data[at:to] * rng.choice((1, 2, 30))
            case 3:
                data[at:at] = rng.choice(_TOKENS)
            case 4:
                data[at:to] = rng.choice(_TOKENS)
            case _:
                del data[at if rng.random() < 0.2 else len(data) :]
    return bytes(data)


def _case(rng: random.Random, files: dict[str, bytes], rows: int, **how: object) -> Case:
    """The files as they are, with their count, or one of them spoilt by bytes."""
    # To tell what a file is takes longer than to read it: now and then suffices.
    recognise = "format" in how and rng.random() < 0.04
    if rng.random() < 0.5:
        return Case(files, rows=rows, recognise=recognise, **how)  # type: ignore[arg-type]
    name = rng.choice(sorted(files))
    return Case(files | {name: _spoilt(rng, files[name])}, recognise=recognise, **how)  # type: ignore[arg-type]


def _plain(rng: random.Random, kind: str) -> Case:
    count = rng.choice((0, 1, 3, 10))
    good = ("7", "call", "2020-01-02", "2020-01-03", "x")
    rows = [_cells(rng, good, odds=0.2) for _ in range(count)]
    content = WRITERS[kind](COLUMNS, rows)
    return _case(rng, {f"a.{kind}": content}, _countable(rows, kind), columns=KEYED)


def _countable(rows: Sequence[Sequence[str]], kind: str) -> int:
    """Rows that are records: those without any content are none (in a Parquet file all are)."""
    return len(rows) if kind == "parquet" else sum(any(cell.strip("\0 \t\r\n") for cell in row) for row in rows)


def _csv(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    lines = [",".join('"' + cell.replace('"', '""').replace("\0", "") + '"' for cell in row) for row in (names, *rows)]
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")


def _xlsx(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("one")
        for at, row in enumerate((names, *rows)):
            for column, cell in enumerate(row):
                if cell.startswith("="):
                    sheet.write_formula(at, column, cell, value=2)
                elif cell == "#DIV/0!":
                    sheet.write_formula(at, column, "=1/0", value=cell)
                elif cell.isdigit() and cell != names[column]:
                    sheet.write_number(at, column, float(cell))
                else:
                    sheet.write_string(at, column, cell.replace("\0", "").replace("\ufffe", ""))
    return out.getvalue()


def _parquet(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)}
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


WRITERS = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet}


def _clean(cell: str) -> str:
    return "".join(sign for sign in cell if sign in "\t\n\r" or " " <= sign < "\ufffe")


def _xes(rng: random.Random) -> Case:
    events = []
    for _ in range(rng.choice((0, 1, 4))):
        cells = _cells(rng, ("call", "2020-01-02T10:00:00Z", "x"), odds=0.2)
        keys = ("concept:name", "time:timestamp", "org:resource")
        inner = "".join(
            f'<string key="{key}" value="{escape(_clean(cell), {chr(34): "&quot;"})}"/>'
            for key, cell in zip(keys, cells, strict=True)
        )
        events.append(f"<event>{inner}</event>")
    text = f'<log><trace><string key="concept:name" value="7"/>{"".join(events)}</trace></log>'
    return _case(rng, {"a.xes": text.encode("utf-8")}, len(events))


def _good(column: object, about: object) -> str:
    if column.codes:  # type: ignore[attr-defined]
        return str(next(iter(column.codes)))  # type: ignore[attr-defined]
    if column.dated and about.date_format:  # type: ignore[attr-defined]
        return "01/01/2020"
    plain = {"id": "77", "date": "2020-01-01", "time": "2020-01-01 10:00", "number": "1", "decimal": "1.5", "text": "x"}
    return plain[column.kind]  # type: ignore[attr-defined]


def _table(rng: random.Random, name: str, kind: str) -> Case:
    about = form(name)
    files, rows_in = {}, 0
    for table in rng.sample(sorted(about.tables), min(len(about.tables), 2)):
        shape = about.tables[table]
        names = [column for column in shape.columns if not shape.columns[column].privileged]
        good = [_good(shape.columns[column], about) for column in names]
        rows = [_cells(rng, good, odds=0.1) for _ in range(rng.choice((1, 1, 4)))]
        files[f"{shape.files[0]}.{kind}"] = WRITERS[kind](names, rows)
        rows_in += _countable(rows, kind)
    return _case(rng, files, rows_in, format=name)


def _tree(rng: random.Random, name: str) -> Case:
    about = form(name)
    units, rows = [], 0
    for _ in range(rng.choice((1, 1, 3))):
        heads = inner = ""
        for shape in about.tables.values():
            if shape.tree is None or rng.random() < 0.3 or (shape.tree.element == "Header" and units):
                continue
            own = {c: column for c, column in shape.columns.items() if c not in shape.inherit}
            cells = _cells(rng, [_good(column, about) for column in own.values()], odds=0.1)
            leaves = "".join(
                f"<{column.tag or c}>{escape(_clean(cell))}</{column.tag or c}>"
                for (c, column), cell in zip(own.items(), cells, strict=True)
            )
            rows += shape.tree.element not in ("", "*")
            if shape.tree.element == "*":
                heads += leaves
            elif shape.tree.element:
                inner += f"<{shape.tree.element}>{leaves}</{shape.tree.element}>"
            else:
                inner += leaves
        tag = "CHILD" if about.units == ("*",) else "Child"
        units.append(f"<{tag}>{heads}{inner}</{tag}>")
    root = about.roots[0] if about.roots else "OC3"
    text = f"<{root}>{''.join(units)}</{root}>".encode()
    case = _case(rng, {"a.xml": text}, rows, format=name)
    # Loose elements may be rows of their own, so that only a lower end of the count is known of XML.
    return replace(case, rows=-case.rows if case.rows else None)
