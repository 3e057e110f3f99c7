"""All estimators on the same counts, in the order in which they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from casetrail.demand.repeats import few
from casetrail.demand.repeats.counts import Repeats
from casetrail.demand.repeats.families import Fitted, geometric, poisson
from casetrail.demand.repeats.gamma import gamma
from casetrail.demand.repeats.hidden import Hidden
from casetrail.demand.repeats.one_inflation import Law, OneInflation, one_inflation
from casetrail.figures import Refusal

# A method and what it said.
Found = tuple[str, Hidden | Refusal]
LAWS: tuple[Law, ...] = ("poisson", "geometric")


@dataclass(frozen=True, slots=True)
class Fits:
    """The laws fitted, by name, and the fits with extra ones."""

    laws: tuple[tuple[str, Fitted | Refusal], ...]
    inflated: tuple[tuple[Law, OneInflation | Refusal], ...]

    @property
    def all(self) -> tuple[Fitted, ...]:
        """Every fit that answered, extra ones in both readings."""
        out = [fit for _, fit in self.laws if not isinstance(fit, Refusal)]
        for _, found in self.inflated:
            if not isinstance(found, Refusal):
                out += [found.kept_away, found.besides]
        return tuple(out)


def fits(of: Repeats, *, level: float = 0.95) -> Fits:
    """Poisson, geometric and gamma laws; Poisson and geometric with extra ones."""
    laws = (
        ("poisson", poisson(of, level=level)),
        ("geometric", geometric(of, level=level)),
        ("gamma", gamma(of, level=level)),
    )
    return Fits(laws, tuple((law, one_inflation(of, law, level=level)) for law in LAWS))


def estimates(of: Repeats, *, level: float = 0.95) -> tuple[Found, ...]:
    """Every method's number hidden, or its refusal. Bounds first, then points, then those that leave ones aside."""
    return from_fits(of, fits(of, level=level), level=level)


def from_fits(of: Repeats, fitted: Fits, *, level: float = 0.95) -> tuple[Found, ...]:
    """The same where the laws are fitted already."""
    found: list[Found] = [
        ("chao", few.chao(of, level=level)),
        ("chao_corrected", few.chao_corrected(of, level=level)),
        ("turing", few.turing(of, level=level)),
        ("zelterman", few.zelterman(of, level=level)),
    ]
    found += [(name, fit if isinstance(fit, Refusal) else fit.hidden) for name, fit in fitted.laws]
    found += [
        ("chao_without_ones", few.chao_without_ones(of, level=level)),
        ("chao_without_ones_corrected", few.chao_without_ones_corrected(of, level=level)),
        ("zelterman_without_ones", few.zelterman_without_ones(of, level=level)),
    ]
    for law, inflated in fitted.inflated:
        for reading in ("kept_away", "besides"):
            said = inflated if isinstance(inflated, Refusal) else getattr(inflated, reading).hidden
            found.append((f"{law}_{reading}", said))
    return tuple(found)
