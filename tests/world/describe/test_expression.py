"""Sums of products as text: what they become, what they are worth, and what is refused."""

from __future__ import annotations

import math

import pytest

from casetrail.errors import WorldError
from casetrail.kernels.network import shape as s
from casetrail.kernels.network.make import Draft, People, Post
from casetrail.kernels.network.plain import Plain
from casetrail.world.describe.expression import Names, compiled

ONE = s.ONE * s.FEATURE
NEED, SEEN = s.PERSON * s.FEATURE, s.REGISTER * s.FEATURE
VALUES = {"a.b": 2.0, "c.d": -1.5, "zero.x": 0.0, "deep.er.name": 0.25}


def names() -> Names:
    return Names(VALUES, {"need": NEED, "seen": SEEN}, {"desk": 0})


@pytest.mark.parametrize(
    ("text", "link", "terms"),
    [
        ("1", s.PLAIN, [(1.0, ONE, -1)]),
        (0.25, s.PLAIN, [(0.25, ONE, -1)]),
        ("a.b + c.d * need", s.PLAIN, [(2.0, ONE, -1), (-1.5, NEED, -1)]),
        ("logistic(a.b - c.d * need)", s.LOGISTIC, [(2.0, ONE, -1), (1.5, NEED, -1)]),
        ("exp(a.b * need * seen)", s.EXP, [(2.0, NEED, SEEN)]),
        ("positive(-(need - 3))", s.POSITIVE, [(-1.0, NEED, -1), (3.0, ONE, -1)]),
        ("need - (seen - a.b)", s.PLAIN, [(1.0, NEED, -1), (-1.0, SEEN, -1), (2.0, ONE, -1)]),
        ("zero.x * need + deep.er.name", s.PLAIN, [(0.25, ONE, -1)]),
        ("load(desk) * slots(desk)", s.PLAIN, [(1.0, s.QUEUE * s.FEATURE, s.SLOTS * s.FEATURE)]),
        ("lenient(desk) + noise(3) + luck(1)", s.PLAIN,
         [(1.0, s.OWN_WORKER * s.FEATURE, -1), (1.0, s.NORMAL * s.FEATURE + 3, -1),
          (1.0, s.UNIFORM * s.FEATURE + 1, -1)]),
    ],
)  # fmt: skip
def test_what_a_text_becomes(text: str, link: int, terms: list[tuple[float, int, int]]) -> None:
    assert compiled(text, names(), where="here") == (link, terms)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("need +", "not an expression"),
        ("nothing.here * need", "no parameter is named nothing.here"),
        ("unheard", "neither a feature nor a number"),
        ("need * seen * need", "more than two features"),
        ("load(pond)", "load, slots and lenient take a pool"),
        ("noise(need)", "noise a number"),
        ("exp(need, seen)", "takes one expression"),
        ("need / 2", "neither a feature nor a number"),
        ("need ** 2", "neither a feature nor a number"),
        ("__import__('os')", "not known"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(text: str, why: str) -> None:
    with pytest.raises(WorldError, match=why) as told:
        compiled(text, names(), where="2_police.toml, step call")
    assert "2_police.toml, step call" in str(told.value)
    assert "What to do" in str(told.value)


def test_the_names_used_are_remembered() -> None:
    known = names()
    compiled("a.b + zero.x * need", known, where="here")
    assert known.used == {"a.b", "zero.x"}


def _by_python(text: str, need: float, seen: float) -> float:
    """The same text, read by Python itself."""

    class Dotted:
        def __init__(self, **parts: object) -> None:
            self.__dict__.update(parts)

    scope = {"need": need, "seen": seen, "a": Dotted(b=2.0), "c": Dotted(d=-1.5), "deep": Dotted(er=Dotted(name=0.25)),
             "exp": math.exp, "logistic": lambda x: 1 / (1 + math.exp(-x)),
             "positive": lambda x: max(0.0, x)}  # fmt: skip
    return float(eval(text, {"__builtins__": {}}, scope))


@pytest.mark.parametrize(
    "text",
    [
        "need",
        "a.b * need - c.d * seen + deep.er.name",
        "need * seen - seen * a.b * c.d - 4",
        "exp(a.b * need - seen)",
        "logistic(c.d * need * a.b + seen)",
        "positive(need - seen)",
        "positive(seen - need)",
        "a.b - (need - (seen - c.d))",
    ],
)
@pytest.mark.parametrize(("need", "seen"), [(0.0, 0.0), (1.25, -0.5), (-2.0, 3.0)])
def test_its_value_is_that_of_the_same_text_in_python(text: str, need: float, seen: float) -> None:
    draft = Draft()
    draft.pool([Post()])
    link, terms = compiled(text, names(), where="here")
    draft.node(s.PASS, mark=draft.expr(*terms, link=link), record=1)
    draft.start(0, 0)
    people = People.plain(1)
    people.person[0, 0] = need
    made = draft.finish(1, people)
    twin = Plain(made.model, made.state)
    (token,) = twin.tokens
    token.reg[0] = seen
    assert twin.value(token, 0) == pytest.approx(_by_python(text, need, seen), rel=1e-14)
