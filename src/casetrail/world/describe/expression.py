"""Sums of products written as text, such as `logistic(screen.base + screen.need * seen)`, as terms of the kernel.

A name with a dot is a parameter, a name without is a feature (an attribute, a register, a load). A product may hold
any number of parameters and at most two features, since that is what the kernel's terms hold.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from casetrail.errors import WorldError
from casetrail.kernels.network import shape as s

_LINKS = {"exp": s.EXP, "logistic": s.LOGISTIC, "positive": s.POSITIVE}
_POOL_FEATURES = {"lenient": s.OWN_WORKER, "load": s.QUEUE, "slots": s.SLOTS}


@dataclass(frozen=True)
class Names:
    """What a name in an expression means: parameters by dotted name, features and pools by plain name."""

    parameters: Mapping[str, float]
    features: Mapping[str, int]
    pools: Mapping[str, int]
    used: set[str] = field(default_factory=set)


Term = tuple[float, int, int]


def compiled(text: str | float, names: Names, *, where: str) -> tuple[int, list[Term]]:
    """Link and terms of an expression. Raises WorldError with the place where it cannot be understood."""
    try:
        tree = ast.parse(str(text), mode="eval").body
    except SyntaxError:
        raise _error(text, where, "it is not an expression") from None
    link = s.PLAIN
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in _LINKS:
        if len(tree.args) != 1:
            raise _error(text, where, f"{tree.func.id}() takes one expression")
        link, tree = _LINKS[tree.func.id], tree.args[0]
    terms = [_term(sign, part, names, (text, where)) for sign, part in _summands(tree, 1.0)]
    return link, [term for term in terms if term[0] != 0.0]


def _error(text: object, where: str, why: str) -> WorldError:
    return WorldError(
        f"The expression '{text}' cannot be used: {why}.",
        where=where,
        todo="Write a sum of products of parameters (with a dot) and at most two features (without).",
    )


def _summands(tree: ast.expr, sign: float) -> list[tuple[float, ast.expr]]:
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add | ast.Sub):
        right = sign if isinstance(tree.op, ast.Add) else -sign
        return _summands(tree.left, sign) + _summands(tree.right, right)
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        return _summands(tree.operand, -sign)
    return [(sign, tree)]


def _factors(tree: ast.expr) -> list[ast.expr]:
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
        return _factors(tree.left) + _factors(tree.right)
    return [tree]


def _dotted(tree: ast.expr) -> str | None:
    if isinstance(tree, ast.Name):
        return tree.id
    if isinstance(tree, ast.Attribute):
        before = _dotted(tree.value)
        return f"{before}.{tree.attr}" if before else None
    return None


def _term(sign: float, tree: ast.expr, names: Names, source: tuple[object, str]) -> Term:
    coefficient, features = sign, []
    for factor in _factors(tree):
        number, feature = _factor(factor, names, source)
        coefficient *= number
        features += [feature] if feature is not None else []
    if len(features) > 2:
        raise _error(*source, "a product holds more than two features")
    features += [s.ONE * s.FEATURE] if not features else []
    return coefficient, features[0], features[1] if len(features) == 2 else -1


def _factor(tree: ast.expr, names: Names, source: tuple[object, str]) -> tuple[float, int | None]:
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int | float):
        return float(tree.value), None
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        return 1.0, _call(tree, names, source)
    name = _dotted(tree)
    if name and "." in name:
        if name not in names.parameters:
            raise _error(*source, f"no parameter is named {name}")
        names.used.add(name)
        return names.parameters[name], None
    if name is not None and name in names.features:
        return 1.0, names.features[name]
    raise _error(*source, f"{name or ast.unparse(tree)} is neither a feature nor a number")


def _call(tree: ast.Call, names: Names, source: tuple[object, str]) -> int:
    kind = tree.func.id if isinstance(tree.func, ast.Name) else ""
    argument = tree.args[0] if len(tree.args) == 1 else None
    if kind in ("noise", "luck") and isinstance(argument, ast.Constant) and isinstance(argument.value, int):
        return (s.NORMAL if kind == "noise" else s.UNIFORM) * s.FEATURE + argument.value
    pool = _dotted(argument) if argument is not None else None
    if kind in _POOL_FEATURES and pool is not None and pool in names.pools:
        return _POOL_FEATURES[kind] * s.FEATURE + names.pools[pool]
    raise _error(*source, f"{ast.unparse(tree)} is not known: load, slots and lenient take a pool, noise a number")
