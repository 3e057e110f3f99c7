"""The guesser of local extracts, scored on made-up extracts whose truth this test knows: forms, columns and times.

Every dialect is a heading row as a place might write it, "column of the form = heading" (two headings: a day and a time
of day). None of them was written from the forms' own lists of headings.
"""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import openpyxl
import pytest

from casetrail.figures import Origin
from casetrail.records import SourceSpec, propose, read_source
from casetrail.records.returns import form

DIALECTS: dict[str, list[str]] = {}
for _line in Path(__file__).with_name("dialects.txt").read_text(encoding="utf-8").splitlines()[1:]:
    DIALECTS.setdefault(_line.partition(": ")[0], []).append(_line.partition(": ")[2])
STYLES = (
    "%d/%m/%Y %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "serial",
    "%d/%m/%Y %I:%M %p",
    "%d-%b-%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "native",
)
NOISE = ("Batch", "Export run", "Beat officer comments", "Row version", "Extracted by", "Confidentiality marking")
ROWS = 30
BLANK = 0.15
START = datetime(2024, 1, 3)  # noqa: DTZ001  # written as local time in winter, which is UTC
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def styled(moment, style):
    if style == "native":
        return moment
    if style == "serial":
        days = moment - datetime(1899, 12, 30)  # noqa: DTZ001
        return f"{days / timedelta(days=1):.10f}".rstrip("0").rstrip(".")
    return moment.strftime(style)


def parts(moment, style, several):
    """The cells of a moment: one, or a day and a time of day."""
    if not several:
        return [styled(moment, style)]
    if style == "native":
        return [moment.replace(hour=0, minute=0), moment.time()]
    if style in ("serial", "%Y-%m-%dT%H:%M:%S"):
        return [moment.strftime("%d/%m/%Y"), moment.strftime("%H:%M:%S")]
    day, _, clock = style.partition(" ")
    return [moment.strftime(day), moment.strftime(clock)]


def made(name, dialect, style, *, random, folder):
    """Write an extract; returns its path, the truth of its headings, and the times of what its form needs."""
    (about,) = [table for table in form(name).tables.values() if table.required]
    truth = {column: heads.split("+") for column, _, heads in (part.partition("=") for part in dialect.split("|"))}
    order = random.sample(list(truth), len(truth))
    header = [head for column in order for head in truth[column]] + random.sample(NOISE, 3)
    needed = about.mappings[0].start
    rows, times = [], []
    for number in range(ROWS):
        moment = START + timedelta(minutes=random.randrange(60 * 24 * 80))
        cells = []
        for column in order:
            # Later columns of times come later, as steps do.
            step = list(about.columns).index(column) if about.columns[column].dated else 0
            later = moment + timedelta(minutes=7 * step)
            if column == needed:
                later = moment
                times.append(moment)
            about_ = about.columns[column]
            some = cells_of(about_, later, style, number=number, random=random, several=len(truth[column]))
            may_be_blank = not about_.required and column != needed
            cells += [""] * len(some) if may_be_blank and random.random() < BLANK else some
        rows.append([*cells, f"run {number % 3}", "as above, see file", str(number % 2)])
    return written(folder, header, rows, style), truth, needed, times


def cells_of(about, moment, style, *, number, random, several):
    if about.dated:
        return parts(moment, style, several > 1)
    if about.codes:
        code = random.choice(list(about.codes))
        return [random.choice([code, *about.codes[code]]) if random.random() < 0.97 else "?? 77"]
    if about.kind == "id":
        return [f"P{1000 + number % 17}" if about.name == "person" else f"{about.name[:2].upper()}{20000 + number}"]
    return [str(random.randrange(30)) if about.kind == "number" else f"place {number % 4}"]


def written(folder, header, rows, style):
    if style == "native":
        book = openpyxl.Workbook()
        for row in [["Extract for the partnership"], header, *rows]:
            book.active.append(row)
        book.save(folder / "x.xlsx")
        return folder / "x.xlsx"
    path = folder / "x.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def times_read(path, found, keys):
    spec = SourceSpec(
        name="x",
        path=path,
        origin=Origin.MADE_UP,
        columns={},
        format=found.form.name,
        headings={name: heads for name, heads in found.columns.items() if name in set(found.guessed.values())},
        date_format=(found.dates.formats or (None,))[0],
        more_date_formats=found.dates.formats[1:],
    )
    extract = read_source(spec, keys=keys, as_of=datetime(2025, 1, 1, tzinfo=UTC).date())
    label = found.table.mappings[0]
    wanted = {label.label} if label.label != "as the row says" else None
    rows = [row for row in extract.events.to_pylist() if wanted is None or row["activity"] in wanted]
    return {EPOCH + timedelta(microseconds=row["at_us"]) for row in rows}


def test_the_guesser_scored(tmp_path, keys, capsys):
    random = Random(20240103)
    forms = columns = right = headings = moments = read = 0
    wrong: list[str] = []
    total = 0
    for name, dialects in DIALECTS.items():
        for at, dialect in enumerate(dialects):
            for style in (STYLES[at % len(STYLES)], STYLES[(at + 3) % len(STYLES)]):
                total += 1
                path, truth, needed, times = made(name, dialect, style, random=random, folder=tmp_path)
                found = propose(path)
                if found is None or found.form.name != name:
                    wrong.append(f"{name} {at} {style}: taken for {found.form.name if found else 'nothing'}")
                    columns += len(truth)
                    continue
                forms += 1
                for column, heads in truth.items():
                    columns += 1
                    if set(found.columns.get(column, ())) == set(heads):
                        right += 1
                    else:
                        wrong.append(f"{name} {at} {style}: {column} = {found.columns.get(column)} and not {heads}")
                extra = [column for column in found.columns if column not in truth]
                headings += len(extra)
                wrong += [f"{name} {at} {style}: {column} = {found.columns[column]}, of nothing" for column in extra]
                if needed in found.columns:
                    said = times_read(path, found, keys)
                    moments += len(set(times))
                    read += len(said & {moment.replace(tzinfo=UTC) for moment in times})
    with capsys.disabled():
        sys.stdout.write(
            f"\n{total} extracts: form right {forms / total:.1%}, columns right {right / columns:.1%} of {columns}, "
            f"{headings} columns too many, times right {read / moments:.1%} of {moments}\n"
        )
        sys.stdout.write("".join(f"{line}\n" for line in sorted(set(wrong))[:60]))
    assert total >= 70
    assert min(len(dialects) for dialects in DIALECTS.values()) >= 5
    assert forms / total >= 0.97
    assert right / columns >= 0.95
    assert read / moments >= 0.95
    assert headings / columns <= 0.03


@pytest.mark.parametrize("name", ["events.csv"])
def test_an_event_log_of_our_own_kind_is_no_extract(tmp_path, name):
    path = tmp_path / name
    path.write_text("person,activity,at,grade,arrived\n1,call,2024-01-01,1,2024-01-01\n", encoding="utf-8")
    assert propose(path) is None
