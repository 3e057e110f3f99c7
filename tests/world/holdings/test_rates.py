"""Every fault lands as often as the parameter file says, counted against exact binomial bounds."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from casetrail.world.holdings import read_faults
from casetrail.world.holdings.fates import NEVER_RECORDED
from casetrail.world.holdings.happened import Happened, checked
from casetrail.world.holdings.holding import Holding, make_holding
from casetrail.world.holdings.identity import Identity, make_identity
from casetrail.world.holdings.luck import luck
from casetrail.world.holdings.parameters import Faults

from .bundle import AGENCIES, happened, with_column

# About 400 cells are looked at: one in a million each leaves 1 in 2,500 for all together.
_ALPHA = 1e-6
_HOUR = 3_600_000_000
_UNBORN_AGENCIES = ("police", "social care", "health")


@lru_cache(maxsize=1)
def _world() -> tuple[Happened, Identity, Faults]:
    world, faults = checked(happened(6000, each=30)), read_faults()
    return world, make_identity(world, faults.identity, rng=np.random.default_rng(5)), faults


@lru_cache(maxsize=32)
def _holding(agency: str) -> Holding:
    world, truth, faults = _world()
    return make_holding(world, truth, agency=agency, faults=faults, luck=luck(np.random.default_rng(3)))


def within(found: int, of: int, rate: float) -> bool:
    """Whether a count is one that this rate can give, but for one case in a million."""
    low, high = stats.binom.interval(1 - _ALPHA, of, rate)
    return bool(low <= found <= high)


@pytest.mark.parametrize("agency", AGENCIES)
def test_faults_of_identity_land_at_their_rates(agency: str) -> None:
    holding = _holding(agency)
    held = holding.held
    counted = 0
    for name, flags in held.planted.items():
        if name == "unborn":
            continue
        able = held.able.get(name, np.ones(len(flags), dtype=bool))
        assert not (flags & ~able).any(), name
        assert able.sum() > 20, name
        assert within(int(flags.sum()), int(able.sum()), getattr(holding.rates, name)), name
        counted += 1
    assert counted == 20


@pytest.mark.parametrize("agency", AGENCIES)
def test_rows_are_lost_late_and_doubled_at_their_rates(agency: str) -> None:
    holding = _holding(agency)
    rates, fates = holding.rates, holding.events.fates
    rows, written = len(fates.status), int(fates.written.sum())
    assert within(int((fates.status == NEVER_RECORDED).sum()), rows, rates.row_missing)
    assert within(int(fates.late.sum()), rows, rates.row_late)
    assert within(int(fates.repeated.sum()), written, rates.row_repeated)
    assert within(int(fates.entered_twice.sum()), written, rates.row_entered_twice)
    assert not (fates.repeated & fates.entered_twice).any()
    others = holding.involvements.fates
    assert within(int((others.status == NEVER_RECORDED).sum()), len(others.status), rates.involvement_missing)


@pytest.mark.parametrize("agency", AGENCIES)
def test_delays_have_the_median_and_the_bound_of_the_parameters(agency: str) -> None:
    holding = _holding(agency)
    fates, rates = holding.events.fates, holding.rates
    hours = (fates.recorded_us - holding.events.at_us) / _HOUR
    assert (hours >= 0).all()
    assert hours[~fates.late].max() <= rates.prompt_hours
    late = hours[fates.late]
    assert within(int((late > rates.late_median_hours).sum()), len(late), 0.5)
    assert within(int((late > rates.late_median_hours * np.exp(rates.late_sigma)).sum()), len(late), stats.norm.sf(1))


@pytest.mark.parametrize("agency", AGENCIES)
def test_second_records_are_opened_at_their_rate_for_whoever_has_two_contacts(agency: str) -> None:
    records = _holding(agency).records
    contacts = np.bincount(records.row[records.of_contact])
    able = int((contacts >= 2).sum())
    rates = _holding(agency).rates
    assert within(int(records.second.sum()), able, rates.second_record)
    assert np.bincount(records.row[records.second]).max() == 1
    # A second record is opened by a contact of its own, and never at the first contact.
    first_opened = np.full(len(contacts), np.iinfo(np.int64).max)
    np.minimum.at(first_opened, records.row, records.opened_us)
    assert (records.opened_us[records.second] >= first_opened[records.row[records.second]]).all()


def test_contacts_after_the_opening_go_to_the_second_record_at_their_rate() -> None:
    world, truth, faults = _world()
    made = make_holding(
        world,
        truth,
        agency="police",
        faults=faults.changed(second_record=1.0, rows_to_second=0.3),
        luck=luck(np.random.default_rng(3)),
    )
    records = made.records
    us = np.concatenate([rows.at_us[rows.fates.written] for rows in (made.events, made.involvements)])
    opened = np.full(len(truth.person), np.iinfo(np.int64).max)
    opened[records.row[records.second]] = records.opened_us[records.second]
    after = us > opened[records.row[records.of_contact]]
    assert within(int(records.second[records.of_contact][after].sum()), int(after.sum()), 0.3)


@pytest.mark.parametrize("agency", _UNBORN_AGENCIES)
def test_a_child_not_yet_born_is_held_under_its_mother_s_name_with_a_due_date_only(agency: str) -> None:
    holding = _holding(agency)
    held, truth, records = holding.held, _world()[1], holding.records
    unborn = held.planted["unborn"]
    assert unborn.sum() > 20
    born = truth.born_us[records.row]
    assert (records.opened_us[unborn] < born[unborn]).all()
    # Nobody can be born in the files of an agency that last heard of the child before the birth.
    assert unborn[(records.last_us < born)].all()
    given, due = np.array(held.given, dtype=object), np.array(held.due.is_valid())
    assert {str(name).lower() for name in given[unborn]} == {"unborn"}
    assert not (np.char.lower(given[~unborn & (given != None)].astype(str)) == "unborn").any()  # noqa: E711
    assert (due == unborn).all()
    assert not np.array(held.born.is_valid())[unborn].any()
    assert not np.array(held.sex.is_valid())[unborn].any()
    off = np.array(held.due.cast("int32").fill_null(0))[unborn] - truth.born_day[records.row][unborn]
    spread = _world()[2].identity.due_date_spread_days
    assert abs(off.mean()) < 6 * spread / np.sqrt(unborn.sum())
    assert 0.6 * spread < off.std() < 1.4 * spread


def test_losses_rise_with_load_only_where_the_parameter_says_so() -> None:
    world, truth, faults = _world()
    # Three quarters of the rows fall into a tenth of the time: those weeks carry far more than the median week.
    at = world.event.column("at_us").to_numpy().copy()
    rng = np.random.default_rng(8)
    crowded = rng.random(len(at)) < 0.75
    span = (world.end_us - world.begin_us) // 10
    at[crowded] = world.begin_us + rng.integers(0, span, int(crowded.sum()))
    busy = with_column(world, "event", "at_us", pa.array(at))
    for slope in (0.0, 0.01):
        rates = faults.changed("police", row_missing=0.05, row_missing_per_load=slope)
        made = make_holding(busy, truth, agency="police", faults=rates, luck=luck(np.random.default_rng(3)))
        fates = made.events.fates
        lost = fates.status == NEVER_RECORDED
        in_crowd = made.events.at_us < busy.begin_us + span
        crowd = within(int(lost[in_crowd].sum()), int(in_crowd.sum()), 0.05)
        assert crowd == (slope == 0.0)
        expected, spread = fates.chance.sum(), np.sqrt((fates.chance * (1 - fates.chance)).sum())
        assert abs(lost.sum() - expected) < 5 * spread


def test_the_common_number_is_carried_at_its_share() -> None:
    world, truth, faults = _world()
    made = make_holding(
        world, truth, agency="health", faults=faults.with_common_number(0.37), luck=luck(np.random.default_rng(3))
    )
    assert within(int(made.has_common.sum()), len(made.has_common), 0.37)
    assert _holding("health").has_common.all()
