"""Names, homes and numbers of people who do not exist; and what each fault does to them."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrail.world.holdings import read_faults
from casetrail.world.holdings.faults import Held
from casetrail.world.holdings.happened import checked
from casetrail.world.holdings.holding import Holding, make_holding
from casetrail.world.holdings.identity import NONE, Identity, make_identity
from casetrail.world.holdings.luck import luck
from casetrail.world.holdings.names import MARKS, given_names, invent, nickname, shortened
from casetrail.world.holdings.numbers import common_numbers, is_common_number
from casetrail.world.holdings.parameters import SlipShares
from casetrail.world.holdings.places import DOORS, NO_FIXED_ABODE, address_text, postcode_text, town_text
from casetrail.world.holdings.slips import slip

from .bundle import AGENCIES, happened

# Looser than section 3 of "Bulk Data Transfer: additional validation for CAS upload" (12 November 2015): whatever that
# expression takes for a postcode, this one does.
REAL_POSTCODE = re.compile(r"(GIR ?0AA|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2})", re.IGNORECASE)
REAL_NAMES = """
    mohammed olivia amelia isla ava noah george oliver arthur leo muhammad jack jacob james john mary margaret
    alex max felix rex roxy roxanne xavier maxine maxwell alexander dixie trixie zoe zara zachary quentin
    jacqueline enrique vikram huxley oxley bexley knox cox fox wilcox dixon nixon axel pixie moxie jaxon jaxson
    paxton braxton lexi smith jones taylor brown williams wilson johnson davies patel khan singh begum ahmed
    hussain kowalski nowak nguyen wang zhang xu qian huang garcia martinez vasquez velazquez marquez vazquez iqbal
    siddiqui farooq rafiq okonkwo adebayo mensah diaz xhaka hoxha qemal vlad zvi zsolt zygmunt kjell bjorn ingrid
    svetlana dmitri
"""


@lru_cache(maxsize=1)
def _truth() -> Identity:
    return make_identity(checked(happened(6000, each=30)), read_faults().identity, rng=np.random.default_rng(5))


@lru_cache(maxsize=16)
def _holding(agency: str) -> Holding:
    world = checked(happened(6000, each=30))
    return make_holding(world, _truth(), agency=agency, faults=read_faults(), luck=luck(np.random.default_rng(3)))


def test_every_name_and_every_form_of_it_carries_a_mark_that_names_in_use_do_not() -> None:
    names = given_names(2000, skew=0.8, rng=np.random.default_rng(1))
    for form in (names.full, names.nickname, names.shortened):
        assert all(any(mark in name.lower() for mark in MARKS) for name in form)
    assert not any(mark in name for mark in MARKS for name in REAL_NAMES.split())
    assert len(set(names.full)) == 4000
    assert np.isclose(names.weights.sum(), 1)


@given(st.integers(0, 10_000))
@settings(max_examples=200, deadline=None)
def test_a_nickname_is_another_name_and_a_short_form_is_its_beginning(seed: int) -> None:
    for name in invent(5, syllables=(2, 3), rng=np.random.default_rng(seed)):
        assert nickname(name) != name
        assert name.startswith(shortened(name))
        assert 3 <= len(shortened(name)) < len(name)
        assert name.isascii()


@given(st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=2, max_size=12), st.integers(0, 1000))
@settings(max_examples=500, deadline=None)
def test_a_slip_always_changes_the_text_by_a_little(text: str, seed: int) -> None:
    for kind in ("keyboard", "transposed", "left_out", "scanned"):
        shares = SlipShares(**{name: float(name == kind) for name in SlipShares.__slots__})
        texts = np.array([text, text], dtype=object)
        marked, other = slip(texts, np.array([True, False]), shares=shares, rng=np.random.default_rng(seed))
        assert marked != text
        assert other == text
        assert abs(len(marked) - len(text)) <= 1


def test_members_of_a_household_have_different_given_names_and_mostly_one_surname() -> None:
    truth, rates = _truth(), read_faults().identity
    assert len({*zip(truth.home.tolist(), truth.given.tolist(), strict=True)}) == len(truth.person)
    first = np.searchsorted(truth.surname.owner, np.arange(len(truth.person)))
    name, second = (values[first] for values in truth.surname.values)
    of_household = (name == truth.mother[0][truth.home]) & (second == truth.mother[1][truth.home])
    share = 1 - of_household.mean()
    assert abs(share - rates.sibling_differs) < 5 * np.sqrt(rates.sibling_differs / len(name))


def test_twins_share_a_surname_and_some_have_names_that_begin_alike() -> None:
    truth, rates = _truth(), read_faults().identity
    first = np.searchsorted(truth.surname.owner, np.arange(len(truth.person)))
    name = truth.surname.values[0][first]
    order = np.lexsort((truth.female, truth.born_day, truth.home))
    one, other = order[:-1], order[1:]
    twins = (truth.home[one] == truth.home[other]) & (truth.born_day[one] == truth.born_day[other])
    assert twins.sum() > 200
    assert (name[one] == name[other])[twins].all()
    of_one_sex = twins & (truth.female[one] == truth.female[other])
    beside = np.abs(truth.given[one] - truth.given[other]) == 1
    share = beside[of_one_sex].mean()
    assert abs(share - rates.twins_alike) < 5 * np.sqrt(rates.twins_alike / of_one_sex.sum())


def test_names_and_homes_change_at_their_rates() -> None:
    truth, rates = _truth(), read_faults().identity
    households, years = len(truth.household), 3.0
    moves = len(truth.dwelling.owner) - households
    assert abs(moves - rates.moves_per_year * years * households) < 5 * np.sqrt(moves)
    changes = len(truth.surname.owner) - len(truth.person)
    expected = rates.name_changes_per_year * years * len(truth.person) * rates.name_change_shared
    # A change befalls whole households: the count is far more spread than a Poisson count of persons.
    assert abs(changes - expected) < 5 * np.sqrt(4 * changes)


def test_no_postcode_has_the_shape_of_one_in_use() -> None:
    places = _truth().places
    every = np.arange(len(places.streets) * DOORS)
    codes = set(postcode_text(places, every).to_pylist())
    assert all(re.fullmatch(r"\d\d[A-Z] [A-Z]{2}\d", code) for code in codes)
    assert not any(REAL_POSTCODE.search(code) or REAL_POSTCODE.search(code.replace(" ", "")) for code in codes)
    # Twenty doors share one, and no two blocks of doors do.
    assert len(codes) == len(every) // 20


def test_common_numbers_are_all_different_and_their_check_digits_find_every_small_mistake() -> None:
    numbers = common_numbers(20_000, rng=np.random.default_rng(2)).to_pylist()
    assert len(set(numbers)) == 20_000
    assert all(is_common_number(number) for number in numbers)
    for number in numbers[:200]:
        for place in range(2, len(number)):
            for digit in "0123456789":
                if digit != number[place]:
                    assert not is_common_number(number[:place] + digit + number[place + 1 :])
        for place in range(2, len(number) - 1):
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            assert swapped == number or not is_common_number(swapped)


def _column(held: Held, name: str) -> np.ndarray:
    return np.array(getattr(held, name), dtype=object)


def _true_surnames(truth: Identity, rows: np.ndarray, us: np.ndarray) -> np.ndarray:
    at = truth.surname.at(rows, us)
    name, second = (values[at] for values in truth.surname.values)
    pool = truth.surnames.full
    return np.array(
        [pool[a] if b == NONE else f"{pool[a]}-{pool[b]}" for a, b in zip(name, second, strict=True)], dtype=object
    )


@pytest.mark.parametrize("agency", AGENCIES)
def test_a_field_without_a_planted_fault_is_the_truth_at_the_last_contact(agency: str) -> None:
    holding, truth = _holding(agency), _truth()
    held, records = holding.held, holding.records
    cased = str.upper if holding.rates.form.capitals else str
    planted = held.planted

    def untouched(*names: str) -> np.ndarray:
        return ~np.any([planted[name] for name in names], axis=0)

    right = untouched("unborn", "given_missing", "nickname", "shortened", "given_typo")
    true = [cased(name) for name in truth.given_names.full[truth.given[records.row]]]
    assert (_column(held, "given") == np.array(true, dtype=object))[right].all()
    true_surname = np.array([cased(n) for n in _true_surnames(truth, records.row, records.last_us)], dtype=object)
    right = untouched("unborn", "old_surname", "half_surname", "surname_typo")
    assert (_column(held, "surname") == true_surname)[right].all()
    days = held.born.cast("int32").fill_null(-(10**6)).to_numpy()
    right = untouched("unborn", "dob_missing", "dob_1900", "dob_new_year", "dob_swapped")
    assert (days == truth.born_day[records.row])[right].all()
    home = truth.home[records.row]
    dwelling = truth.dwelling.values[0][truth.dwelling.at(home, records.last_us)]
    hubs = ("hub_refuge", "hub_hospital", "hub_no_fixed_abode")
    right = untouched("old_address", "address_missing", *hubs, "address_typo")
    assert (_column(held, "address") == np.array(address_text(truth.places, dwelling), dtype=object))[right].all()
    assert (_column(held, "town") == np.array(town_text(truth.places, dwelling), dtype=object))[right].all()
    right &= ~planted["postcode_missing"]
    assert (_column(held, "postcode") == np.array(postcode_text(truth.places, dwelling), dtype=object))[right].all()


@pytest.mark.parametrize("agency", ("police", "social care", "housing"))
def test_a_planted_fault_can_be_seen(agency: str) -> None:
    holding, truth = _holding(agency), _truth()
    held, records, planted = holding.held, holding.records, holding.held.planted
    cased = str.upper if holding.rates.form.capitals else str
    given, surname, address = (_column(held, name) for name in ("given", "surname", "address"))
    true_given = np.array([cased(n) for n in truth.given_names.full[truth.given[records.row]]], dtype=object)
    assert all(name is None for name in given[planted["given_missing"]])
    for fault in ("nickname", "shortened", "given_typo"):
        assert (given != true_given)[planted[fault]].all(), fault
    true_surname = np.array([cased(n) for n in _true_surnames(truth, records.row, records.last_us)], dtype=object)
    plain = ~planted["half_surname"] & ~planted["surname_typo"]
    then = np.array([cased(n) for n in _true_surnames(truth, records.row, records.opened_us)], dtype=object)
    old = planted["old_surname"] & plain
    assert (surname != true_surname)[old].all()
    assert (surname == then)[old].all()
    half = planted["half_surname"] & ~planted["unborn"] & ~planted["old_surname"]
    assert all(short in whole.split("-") for short, whole in zip(surname[half], true_surname[half], strict=True))
    days = held.born.cast("int32").fill_null(-(10**6)).to_numpy().astype("datetime64[D]").astype(str)
    true = truth.born_day[records.row].astype("datetime64[D]").astype(str)
    assert not held.born.is_valid().to_numpy(zero_copy_only=False)[planted["dob_missing"]].any()
    assert set(days[planted["dob_1900"]]) == {"1900-01-01"}
    assert all(d == f"{t[:4]}-01-01" != t for d, t in _both(days, true, planted["dob_new_year"]))
    assert all(d == f"{t[:4]}-{t[8:]}-{t[5:7]}" != t for d, t in _both(days, true, planted["dob_swapped"]))
    assert set(address[planted["hub_no_fixed_abode"]]) == {NO_FIXED_ABODE}
    hubs = read_faults().identity.hubs
    assert len(set(address[planted["hub_refuge"]])) <= hubs
    assert all(text.endswith(" House") for text in address[planted["hub_refuge"]])
    assert all(text.endswith(" Hospital") for text in address[planted["hub_hospital"]])
    assert all(text is None for text in address[planted["address_missing"]])


def _both(found: np.ndarray, true: np.ndarray, where: np.ndarray) -> zip:  # type: ignore[type-arg]
    assert where.any()
    return zip(found[where], true[where], strict=True)
