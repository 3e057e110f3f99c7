"""The sample of files for auditors: how many from each stratum, with what chance, and the worklist."""

from __future__ import annotations

import json
from collections import Counter

from casetrail.compare.audit.rated import Frame
from casetrail.compare.audit.words import DRAW, NO_WORKER, NOT_A_SCORE, SECTION, files, known_truth
from casetrail.figures import Answer, Cell, Column, Provenance, Refusal, Table
from casetrail.stats.sampling import Division, Draw, allocate, draw

LEAST = 1
METHOD = (
    "Strata are bodies and periods. From each a simple random sample without replacement; every file of a stratum "
    "has the same chance, which is printed. Files are divided among strata in proportion to their sizes, or alike "
    f"(Neyman 1934; Cochran 1977, ch. 5), at least {LEAST} from each. The seed and the hash of the "
    "frame give the same draw again, whatever order the files are in."
)
TWICE = (
    "Have a quarter of the files, chosen at random, rated again by somebody who does not know the first rating: "
    "without that nobody can say how much of a grade is the file and how much the rater."
)
NOT_TO_CHOOSE = "Read every file of the list. A file that is left out because it is awkward makes all chances wrong."


def draw_answers(
    frame: Frame, count: int, *, seed: int, division: Division = "proportional", each: bool = False
) -> tuple[Answer, ...]:
    """The strata with their chances, and the worklist, which stays in the house.

    `count` files in all; with `each`, so many from every stratum (or all it has). A refusal where the frame is empty or
    the sample too small for its strata.
    """
    strata = tuple(json.dumps(pair, ensure_ascii=False) for pair in zip(frame.bodies, frame.periods, strict=True))
    sizes = Counter(strata)
    names = sorted(sizes)
    refused = _refused(sizes, count, each)
    if refused:
        return (_answer(frame, refused, seed=seed, asked=(count, division, each)),)
    if each:
        taken = [min(count, sizes[name]) for name in names]
    else:
        taken = allocate([sizes[name] for name in names], count, division=division, least=LEAST).tolist()
    drawn = draw(frame.keys, strata, dict(zip(names, taken, strict=True)), seed=seed)
    asked = (count, division, each)
    return (
        _answer(frame, drawn, seed=seed, asked=asked),
        _worklist(frame, drawn, seed=seed, asked=asked),
    )


def _refused(sizes: Counter[str], count: int, each: bool) -> Refusal | None:
    if not sizes:
        return Refusal("no_rows", "Nobody's file was held by one body in this time.", ("another time or grouping",))
    least = 1 if each else sum(min(LEAST, n) for n in sizes.values())
    if count < least:
        message = f"{files(count).capitalize()} are too few for {len(sizes):,} strata: at least {least:,} are needed."
        return Refusal("too_few_files", message, (f"{least:,} files", "wider periods, or agencies instead of teams"))
    return None


_COLUMNS = (
    Column("body", "Body"),
    Column("period", "Period"),
    Column("size", "Files in it", "persons"),
    Column("drawn", "Drawn", "count"),
    Column("probability", "Chance of each file", "share", 2),
    Column("weight", "Each file stands for", "number", 2),
)


def _provenance(frame: Frame, seed: int, asked: tuple[int, Division, bool], drawn: Draw | None) -> Provenance:
    count, division, each = asked
    return Provenance(
        question=DRAW,
        origin=frame.origin,
        sources=frame.sources,
        parameters=(
            *frame.parameters,
            ("files", count),
            ("division", division),
            ("each", each),
            ("seed", seed),
            ("frame", None if drawn is None else drawn.frame),
        ),
        relations=frame.relations,
        seed=seed,
    )


def _answer(frame: Frame, found: Draw | Refusal, *, seed: int, asked: tuple[int, Division, bool]) -> Answer:
    drawn = found if isinstance(found, Draw) else None
    sentence = found.message if isinstance(found, Refusal) else _sentence(found, seed)
    return Answer(
        id="audit.draw",
        section=SECTION,
        title="Which files to audit",
        sentence=sentence,
        body=found if isinstance(found, Refusal) else Table(_COLUMNS, tuple(_strata(found))),
        method=METHOD,
        provenance=_provenance(frame, seed, asked, drawn),
        caveats=(*frame.left_out, TWICE, NOT_TO_CHOOSE, NO_WORKER, NOT_A_SCORE, known_truth("sampling.design_share")),
    )


def _sentence(drawn: Draw, seed: int) -> str:
    return (
        f"{files(drawn.chosen.size).capitalize()} drawn at random from {int(drawn.sizes.sum()):,} in "
        f"{len(drawn.strata):,} {'stratum' if len(drawn.strata) == 1 else 'strata'}, seed {seed}. Everybody who has "
        "the same files and this seed draws the same ones."
    )


def _strata(drawn: Draw) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for name, size, taken in zip(drawn.strata, drawn.sizes.tolist(), drawn.taken.tolist(), strict=True):
        body, period = json.loads(name)
        weight = size / taken if taken else None
        rows.append((body, period or "all", size, taken, taken / size, weight))
    return rows


WORKLIST = (
    Column("unit", "unit"),
    Column("file", "file"),
    Column("weight", "weight", "number"),
    Column("probability", "probability", "number"),
    Column("period", "period"),
    Column("rater", "rater"),
    Column("grade", "grade"),
)


def _worklist(frame: Frame, drawn: Draw, *, seed: int, asked: tuple[int, Division, bool]) -> Answer:
    """One row per file drawn, in the order of their pseudonyms, which say nothing of a person."""
    rows: list[tuple[Cell, ...]] = []
    for at, chance in sorted(
        zip(drawn.chosen.tolist(), drawn.probability.tolist(), strict=True), key=lambda pair: frame.keys[pair[0]]
    ):
        rows.append((frame.bodies[at], frame.keys[at], 1 / chance, chance, frame.periods[at] or "all", None, None))
    return Answer(
        id="audit.draw.worklist",
        section=SECTION,
        title="Worklist for auditors",
        sentence=f"{files(len(rows)).capitalize()} to read, by pseudonym; `casetrail show` puts one on a page.",
        body=Table(WORKLIST, tuple(rows)),
        method=METHOD,
        provenance=_provenance(frame, seed, asked, drawn),
        caveats=(TWICE, NOT_TO_CHOOSE, NO_WORKER),
        person_level=True,
    )
