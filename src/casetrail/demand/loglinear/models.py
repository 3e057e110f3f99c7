"""Hierarchical log-linear models of k lists: sets of terms, and a term is a set of lists written as bits."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

Model = tuple[int, ...]

# 2**15 two-way models of six lists are searched in seconds; seven lists have two million.
MOST_MODELS = 50_000


def hierarchical(terms: Iterable[int]) -> Model:
    """The smallest hierarchical model that has these terms: all that is part of a term is in it, too.

    Raises: ValueError for a term of no list (the constant is in every model and is not written).
    """
    found: set[int] = set()
    for term in terms:
        if term <= 0:
            raise ValueError("a term is a set of at least one list, as bits of a number above 0")
        part = term
        while part:
            found.add(part)
            part = (part - 1) & term
    return tuple(sorted(found))


def order_of(model: Model) -> int:
    """The number of lists in its largest term."""
    return max(term.bit_count() for term in model)


def generators(model: Model) -> tuple[int, ...]:
    """The terms that are part of no other: largest first, then by the lists they name."""
    tops = [term for term in model if not any(term != other and term & other == term for other in model)]
    return tuple(sorted(tops, key=lambda term: (-term.bit_count(), _places(term))))


def name(model: Model) -> str:
    """The usual notation by generators, lists numbered from 1: `[12,13,23,25,34]`, `[15,2,3,4]`.

    From ten lists on the numbers within a term are parted by a point, `[1.10,2]`, for `110` could be misread.
    """
    wide = max(model).bit_length() > 9
    parts = [(".".join if wide else "".join)(str(j + 1) for j in _places(term)) for term in generators(model)]
    return f"[{','.join(parts)}]"


def named(text: str) -> Model:
    """The model of a name as `name` writes it. Raises: ValueError where it cannot be read."""
    inner = text.strip()
    if not (inner.startswith("[") and inner.endswith("]")):
        raise ValueError(f"{text!r} is no name of a model, such as [12,3]")
    terms = []
    for part in inner[1:-1].split(","):
        numbers = part.split(".") if "." in inner else list(part.strip())
        if not all(number.isdigit() and int(number) > 0 for number in numbers) or not numbers:
            raise ValueError(f"{part!r} in {text!r} is no set of lists")
        terms.append(sum(1 << (int(number) - 1) for number in set(numbers)))
    return hierarchical(terms)


def main_effects(k: int) -> Model:
    """Lists that are independent of each other."""
    return tuple(1 << j for j in range(k))


def universe(k: int, order: int) -> tuple[int, ...]:
    """All terms of 2 to `order` of k lists, smaller ones first.

    Raises: ValueError for an order below 1, or of all lists at once: nobody can be on none of the lists, so that the
    term of all lists is never determined.
    """
    if not 1 <= order < k:
        raise ValueError(f"the order of models of {k} lists is from 1 to {k - 1}, not {order}")
    places = range(k)
    return tuple(sum(1 << j for j in pick) for size in range(2, order + 1) for pick in combinations(places, size))


def hierarchical_models(k: int, order: int) -> list[Model]:
    """All hierarchical models of k lists with all main effects and terms of up to `order` lists.

    Fewest terms first; within a number of terms in the order of the terms they have. 113 models of 4 lists and order
    3, 6,893 of 5 lists and order 4, 32,768 of 6 lists and order 2.

    Raises: ValueError for an order that is not from 1 to k - 1, and where there are more than MOST_MODELS.
    """
    found: list[tuple[int, ...]] = [()]
    parts = {term: _faces(term) for term in universe(k, order)}
    # A term joins each model that has all of its parts; parts come first, so that none is missed.
    for term, faces in parts.items():
        found += [(*model, term) for model in found if faces <= set(model)]
        if len(found) > MOST_MODELS:
            raise ValueError(
                f"there are more than {MOST_MODELS:,} models of {k} lists up to order {order}: choose a lower order, "
                "or search step by step"
            )
    found.sort(key=lambda extra: (len(extra), extra))
    single = main_effects(k)
    return [tuple(sorted((*single, *extra))) for extra in found]


def _faces(term: int) -> set[int]:
    """The parts of a term with one list less, unless they are single lists."""
    fewer = {term & ~(1 << j) for j in _places(term)}
    return {part for part in fewer if part.bit_count() > 1}


def _places(term: int) -> tuple[int, ...]:
    return tuple(j for j in range(term.bit_length()) if term >> j & 1)
