"""Queueing systems whose answers are known: each formula with the paper it comes from.

Rates are per hour, times in hours. `wait` is the time in the queue, before service.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, lgamma, log

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Share of customers who have to wait, and the mean wait of all of them."""

    share: float
    mean: float


def poisson(k: int, mean: float) -> float:
    """Probability of `k` events."""
    return exp(k * log(mean) - mean - lgamma(k + 1))


def erlang_c(arrivals: float, service: float, servers: int) -> Waiting:
    """M/M/c.

    A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
    exchanges", Elektroteknikeren 13 (1917). With load a and c servers the share is
    (a^c/c!) (c/(c-a)) / (sum of a^k/k! for k < c, plus the same), the mean wait share / (c mu - lambda).
    """
    load = arrivals / service
    terms = [1.0]
    for k in range(1, servers + 1):
        terms.append(terms[-1] * load / k)
    last = terms[-1] * servers / (servers - load)
    share = last / (sum(terms[:-1]) + last)
    return Waiting(share, share / (servers * service - arrivals))


@dataclass(frozen=True, slots=True)
class Impatient:
    """Shares who leave before service and who are not served at once, and the mean time in the queue of all."""

    leaving: float
    waiting: float
    mean: float


def erlang_a(arrivals: float, service: float, servers: int, leaving: float) -> Impatient:
    """M/M/c+M: each waiting customer leaves at the rate `leaving`.

    C. Palm, "Research on telephone traffic carried by full availability groups", Tele 1 (1957); O. Garnett,
    A. Mandelbaum and M. Reiman, "Designing a call center with impatient customers", Manufacturing & Service Operations
    Management 4 (2002) 208-227. The number in the system is a birth-death process with death rate
    min(n, c) mu + max(n - c, 0) theta; share who leave = theta E[queue] / lambda, mean time in the queue
    E[queue] / lambda (J. D. C. Little, Operations Research 9 (1961) 383-387); arrivals see time averages (R. W. Wolff,
    "Poisson arrivals see time averages", Operations Research 30 (1982) 223-231).
    """
    most = int(servers + 40 + 20 * (arrivals / leaving + arrivals / service))
    weights = np.zeros(most + 1)
    for n in range(1, most + 1):
        weights[n] = weights[n - 1] + log(arrivals / (min(n, servers) * service + max(n - servers, 0) * leaving))
    weights = np.exp(weights - weights.max())
    weights /= weights.sum()
    queue = float(weights @ np.maximum(np.arange(most + 1) - servers, 0))
    return Impatient(leaving * queue / arrivals, float(weights[servers:].sum()), queue / arrivals)


@dataclass(frozen=True, slots=True)
class Service:
    """First and second moment of a service time."""

    mean: float
    square: float


def constant(a: float) -> Service:
    """Always `a`."""
    return Service(a, a * a)


def exponential(a: float) -> Service:
    """Exponential with mean `a`."""
    return Service(a, 2 * a * a)


def lognormal(median: float, sigma: float) -> Service:
    """Moments of a lognormal: median^k exp(k^2 sigma^2 / 2)."""
    return Service(median * exp(sigma**2 / 2), median**2 * exp(2 * sigma**2))


def between(a: float, b: float) -> Service:
    """Uniform from `a` to `b`."""
    return Service((a + b) / 2, (a * a + a * b + b * b) / 3)


def weibull(scale: float, shape: float) -> Service:
    """Moments of a Weibull: scale^k gamma(1 + k / shape)."""
    first, second = (scale**k * exp(lgamma(1 + k / shape)) for k in (1, 2))
    return Service(first, second)


def table(quantiles: Sequence[float]) -> Service:
    """Quantiles at equal steps with straight lines between: a mixture of uniform pieces of equal weight."""
    pieces = [between(a, b) for a, b in pairwise(quantiles)]
    return Service(sum(p.mean for p in pieces) / len(pieces), sum(p.square for p in pieces) / len(pieces))


def pollaczek_khinchine(arrivals: float, service: Service) -> Waiting:
    """M/G/1: mean wait lambda E[S^2] / (2 (1 - rho)), share who wait rho.

    F. Pollaczek, Mathematische Zeitschrift 32 (1930) 64-100; A. Khinchine, Matematicheskii Sbornik 39 (1932) 73-84.
    """
    busy = arrivals * service.mean
    return Waiting(busy, arrivals * service.square / (2 * (1 - busy)))


def cobham(arrivals: Sequence[float], services: Sequence[Service]) -> list[Waiting]:
    """M/G/1 with priorities that do not interrupt, first class first.

    A. Cobham, "Priority assignment in waiting line problems", Operations Research 2 (1954) 70-76:
    W_k = W_0 / ((1 - s_(k-1)) (1 - s_k)), W_0 half the sum of lambda_i E[S_i^2], s_k the load of classes 1 to k.
    """
    ahead = sum(rate * s.square for rate, s in zip(arrivals, services, strict=True)) / 2
    loads = np.concatenate([[0.0], np.cumsum([rate * s.mean for rate, s in zip(arrivals, services, strict=True)])])
    return [Waiting(float(loads[-1]), float(ahead / ((1 - a) * (1 - b)))) for a, b in pairwise(loads.tolist())]


def cobham_servers(arrivals: Sequence[float], service: float, servers: int) -> list[Waiting]:
    """M/M/c with priorities that do not interrupt; all classes are served at the same rate.

    Cobham (as above), second part: the same with W_0 = C(c, a) / (c mu), C being Erlang's share who wait.
    """
    share = erlang_c(sum(arrivals), service, servers).share
    loads = np.concatenate([[0.0], np.cumsum(arrivals) / (servers * service)])
    ahead = share / (servers * service)
    return [Waiting(share, float(ahead / ((1 - a) * (1 - b)))) for a, b in pairwise(loads.tolist())]


def renewal_arrivals(transform: Callable[[float], float], service: float) -> Waiting:
    """GI/M/1: the share who wait is the root s < 1 of s = A(mu (1 - s)), the mean wait s / (mu (1 - s)).

    D. G. Kendall, "Stochastic processes occurring in the theory of queues", Annals of Mathematical Statistics 24 (1953)
    338-354. A is the Laplace transform of the time between arrivals.
    """
    share = 0.5
    for _ in range(10_000):
        share = transform(service * (1 - share))
    return Waiting(share, share / (service * (1 - share)))


def erlang_arrivals(phases: int, arrivals: float) -> Callable[[float], float]:
    """Laplace transform of a sum of `phases` exponential times with mean 1 / `arrivals` each."""
    return lambda x: (arrivals / (arrivals + x)) ** phases


@dataclass(frozen=True, slots=True)
class Station:
    """A station of an open network: visits per customer, waiting per visit."""

    visits: float
    waiting: Waiting


def jackson(
    outside: Sequence[float], routing: Floats, service: Sequence[float], servers: Sequence[int]
) -> list[Station]:
    """An open network with Poisson arrivals, exponential service and random routing.

    J. R. Jackson, "Networks of waiting lines", Operations Research 5 (1957) 518-521: in the long run each station is
    M/M/c on its own with the rate that solves rate = outside + rate x routing. A customer on the move sees time
    averages also where flows are not Poisson (K. C. Sevcik and I. Mitrani, Journal of the ACM 28 (1981) 358-371).
    """
    rates = np.linalg.solve(np.eye(len(service)) - routing.T, np.asarray(outside, dtype=np.float64))
    return [
        Station(float(rate / sum(outside)), erlang_c(float(rate), mu, c))
        for rate, mu, c in zip(rates, service, servers, strict=True)
    ]


def jackson_stay(stations: Sequence[Station], service: Sequence[float]) -> float:
    """Mean time of a customer in the network, by Little's law: visits times wait and service, over all stations."""
    return sum(st.visits * (st.waiting.mean + 1 / mu) for st, mu in zip(stations, service, strict=True))


def crowd(arrivals: float, service: Service) -> float:
    """M/G/inf: the number present is Poisson, whatever the distribution of service; this is its mean and its variance.

    L. Takacs, "Introduction to the Theory of Queues" (1962), chapter 3.
    """
    return arrivals * service.mean
