"""What one source can say of those it never recorded: every estimate, and the warnings that go with them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import chi2

from casetrail.demand.refusals import refuse
from casetrail.demand.repeats.by_chance import by_chance
from casetrail.demand.repeats.caps import APART, Caps, caps
from casetrail.demand.repeats.counts import Repeats, why_not
from casetrail.demand.repeats.every import Fits, Found, fits, from_fits
from casetrail.demand.repeats.families import Fitted
from casetrail.demand.repeats.gamma import without_end
from casetrail.demand.repeats.hidden import Hidden
from casetrail.figures import Refusal

# Laws whose criterion lies within 2 of the best are hardly told apart from it (R. E. Kass and A. E. Raftery, JASA 90
# (1995) 773-795, section 3.2).
NEAR = 2.0
# At so small a chance of such counts nothing is estimated from them.
NO_CHANCE = 0.01


@dataclass(frozen=True, slots=True)
class Said:
    """Everything for a page.

    `near`: laws that the counts cannot tell from the best one by BIC, best first. `spread`: the largest total among
    them over the smallest. `rates_vary_p`: chance of counts at least as spread out where all persons have one rate
    (gamma against Poisson law, half a chi-square); None when the gamma law has no estimate. `warnings`:

    * `one_inflation`: a law in `near` has extra ones, and the test within it has p <= 0.05.
    * `depends_on_cap`: a law in `near`, or a lower bound, moves by more than 1.5 times between caps.
    * `families_differ`: `spread` is above 1.5.
    * `rates_vary`: `rates_vary_p` is 0.05 or less.
    * `runs_off`: the gamma law has no estimate, and the law it runs to, with infinitely many hidden, fits as well as
      those in `near`: no upper limit can be given.
    * `below_the_bound`: the best law's total is below the lower limit of Chao's bound, and no ones are extra.
    """

    repeats: Repeats
    found: tuple[Found, ...]
    fits: Fits
    near: tuple[Fitted, ...]
    spread: float
    rates_vary_p: float | None
    caps: Caps
    warnings: tuple[str, ...]

    @property
    def bound(self) -> Hidden:
        """Chao's lower bound, bias-corrected: holds where persons differ, not where ones are extra."""
        return self._of("chao_corrected")

    @property
    def safe_bound(self) -> Hidden:
        """The lower of Chao's bound and that from twos and threes, which holds where ones are extra as well."""
        return min(self.bound, self._of("chao_without_ones_corrected"), key=lambda bound: bound.total)

    def _of(self, name: str) -> Hidden:
        said = dict(self.found)[name]
        assert isinstance(said, Hidden)
        return said


def verdict(of: Repeats, *, level: float = 0.95, seed: int = 1) -> Said | Refusal:
    """All estimates with their warnings.

    Refuses `nobody`, `no_repeats`, `too_few_repeats`, and `not_by_chance` where no mixture of rates makes such counts
    of persons recorded twice and more (p at most 1 %).
    """
    stands_in_the_way = why_not(of) or _not_by_chance(of, seed)
    if stands_in_the_way is not None:
        return stands_in_the_way
    fitted = fits(of, level=level)
    order = sorted(fitted.all, key=lambda fit: fit.bic)
    near = tuple(fit for fit in order if fit.bic <= order[0].bic + NEAR)
    totals = [fit.hidden.total for fit in near]
    side_by_side = caps(of, level=level)
    said = Said(
        repeats=of,
        found=from_fits(of, fitted, level=level),
        fits=fitted,
        near=near,
        spread=max(totals) / min(totals),
        rates_vary_p=_rates_vary(fitted),
        caps=side_by_side,
        warnings=(),
    )
    return _warned(said)


def _not_by_chance(of: Repeats, seed: int) -> Refusal | None:
    p = by_chance(of, np.random.default_rng(seed))
    return None if p is None or p > NO_CHANCE else refuse("not_by_chance", f"p {p:.2g} at most")


def _rates_vary(fitted: Fits) -> float | None:
    laws = dict(fitted.laws)
    one, many = laws["poisson"], laws["gamma"]
    if isinstance(one, Refusal) or isinstance(many, Refusal):
        return None
    gain = 2 * (many.log_likelihood - one.log_likelihood)
    return float(chi2.sf(gain, 1)) / 2 if gain > 1e-6 else 1.0


def _warned(said: Said) -> Said:
    warnings = []
    if _extra_ones(said):
        warnings.append("one_inflation")
    shown = {fit.name for fit in said.near} | {
        name for name, f in said.found if isinstance(f, Hidden) and f.lower_bound
    }
    if shown & set(said.caps.depends):
        warnings.append("depends_on_cap")
    if said.spread > APART:
        warnings.append("families_differ")
    if said.rates_vary_p is not None and said.rates_vary_p <= 0.05:
        warnings.append("rates_vary")
    if _runs_off(said):
        warnings.append("runs_off")
    bound = dict(said.found)["chao_corrected"]
    if "one_inflation" not in warnings and isinstance(bound, Hidden) and said.near[0].hidden.total < bound.low:
        warnings.append("below_the_bound")
    return replace(said, warnings=tuple(warnings))


def _runs_off(said: Said) -> bool:
    if not isinstance(dict(said.fits.laws)["gamma"], Refusal):
        return False
    # At its end the law has one parameter left.
    return math.log(said.repeats.n) - 2 * without_end(said.repeats) <= said.near[0].bic + NEAR


def _extra_ones(said: Said) -> bool:
    near = {fit.name for fit in said.near}
    return any(
        not isinstance(found, Refusal) and found.p <= 0.05 and near & {found.kept_away.name, found.besides.name}
        for _, found in said.fits.inflated
    )
