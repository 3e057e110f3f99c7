"""From what happened, one thing after the other, to spells and points: a case with its enquiries, plans and reviews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from casetrail.records.writing.chronicle import Chronicle, Happening
from casetrail.records.writing.rules import Kind, Mark, Rules

NOT_CARRIED = "not carried by this return"
NOTHING_OPEN = "belongs to nothing that is open"
OPEN_ALREADY = "begun while one is open"
NO_PLACE_LEFT = "nothing open has a place for it"


@dataclass(slots=True, eq=False)
class Span:
    """A spell or a point of one person, with what happened in its course."""

    kind: Kind
    person: int
    number: int
    previous: int
    begin: Happening
    parent: Span | None
    end: Happening | None = None
    marks: dict[str, list[Happening]] = field(default_factory=dict)
    children: dict[str, list[Span]] = field(default_factory=dict)
    beside: dict[str, Span] = field(default_factory=dict)
    peers: list[Span] = field(default_factory=list)

    @property
    def over(self) -> int | None:
        """The day from which it is over, with the spell around it; None: not yet."""
        if not self.kind.ends:
            return self.begin.day
        own = None if self.end is None else self.end.day
        around = None if self.parent is None else self.parent.over
        known = [day for day in (own, around) if day is not None]
        return min(known) if known else None

    @property
    def told_to(self) -> int | None:
        """The day from which there is nothing more to tell of it: a conference may come after its enquiry's end."""
        over = self.over
        return None if over is None else max(over, *(one.day for those in self.marks.values() for one in those), over)


@dataclass(frozen=True, slots=True)
class Unfolded:
    """Spells and points by kind, in order of persons and time, and what has no place: by activity and reason."""

    spans: Mapping[str, Sequence[Span]]
    unplaced: Mapping[tuple[str, str], int]


def unfold(chronicle: Chronicle, rules: Rules) -> Unfolded:
    """Put every happening into the spells that it begins, ends or marks; count what has no place, with the reason."""
    spans: dict[str, list[Span]] = {name: [] for name in rules.kinds}
    unplaced: Counter[tuple[str, str]] = Counter()
    for person, happenings in _by_person(chronicle):
        one = _Unfolding(rules, person, spans)
        for happening in happenings:
            reason = one.take(happening)
            if reason:
                unplaced[happening.activity, reason] += 1
    return Unfolded(spans, dict(sorted(unplaced.items())))


def _by_person(chronicle: Chronicle) -> Iterator[tuple[int, list[Happening]]]:
    of: list[list[Happening]] = [[] for _ in chronicle.persons]
    for happening in chronicle.happenings:
        of[happening.person].append(happening)
    yield from ((person, those) for person, those in enumerate(of) if those)


class _Unfolding:
    """The open spells of one person."""

    def __init__(self, rules: Rules, person: int, spans: dict[str, list[Span]]) -> None:
        self.rules = rules
        self.person = person
        self.spans = spans
        self.open: dict[str, list[Span]] = {name: [] for name in rules.kinds}
        self.mine: dict[str, list[Span]] = {name: [] for name in rules.kinds}

    def take(self, happening: Happening) -> str:
        """Use one happening wherever it belongs; says why not, or nothing."""
        reasons: list[str] = []
        used = False
        for kind in reversed(list(self.rules.kinds.values())):
            if happening.activity in kind.ends:
                used |= self._end(kind, happening)
                reasons.append(NOTHING_OPEN)
        for kind in self.rules.kinds.values():
            if happening.activity in kind.begins:
                reason = self._begin(kind, happening)
                used |= not reason
                reasons.append(reason)
        for mark in self.rules.marks.values():
            if happening.activity in mark.activities:
                used |= self._mark(mark, happening)
                reasons.append(NO_PLACE_LEFT)
        return "" if used else (reasons[0] if reasons else NOT_CARRIED)

    def _end(self, kind: Kind, happening: Happening) -> bool:
        if not self.open[kind.name]:
            return False
        self._close(self.open[kind.name].pop(0), happening)
        return True

    def _close(self, span: Span, happening: Happening | None) -> None:
        span.end = happening
        for name, kind in self.rules.kinds.items():
            if kind.within == span.kind.name:
                for inner in [inner for inner in self.open[name] if inner.parent is span]:
                    self.open[name].remove(inner)
                    self._close(inner, None)

    def _begin(self, kind: Kind, happening: Happening) -> str:
        parent = None
        if kind.within:
            if not self.open[kind.within]:
                return NOTHING_OPEN
            parent = self.open[kind.within][-1]
        if kind.one and self.open[kind.name]:
            return OPEN_ALREADY
        numbered = self.spans[kind.name]
        mine = self.mine[kind.name]
        span = Span(kind, self.person, len(numbered) + 1, len(mine), happening, parent, peers=mine)
        mine.append(span)
        numbered.append(span)
        if parent is not None:
            for name in kind.beside:
                if parent.children.get(name):
                    span.beside[name] = parent.children[name][-1]
            parent.children.setdefault(kind.name, []).append(span)
        if kind.ends or kind.same:
            self.open[kind.name].append(span)
        return ""

    def _mark(self, mark: Mark, happening: Happening) -> bool:
        for name in mark.on:
            fit = [span for span in self._within_reach(name) if self._takes(span, mark, happening)]
            if fit:
                fit[0 if mark.once else -1].marks.setdefault(mark.name, []).append(happening)
                return True
        return False

    def _takes(self, span: Span, mark: Mark, happening: Happening) -> bool:
        same = span.kind.same
        if same and getattr(span.begin, same) != getattr(happening, same):
            return False
        words = mark.ended.get(span.kind.name)
        if words is None and span not in self.open[span.kind.name]:
            return False
        if words is not None and (span.end is None or span.end.outcome not in words):
            return False
        return not (mark.once and mark.name in span.marks)

    def _within_reach(self, name: str) -> list[Span]:
        """Spells of a kind that are open, or over but in the course of one that is open."""
        kind = self.rules.kinds[name]
        if not kind.within:
            return self.open[name]
        around = self.open[kind.within]
        return around[-1].children.get(name, []) if around else []
