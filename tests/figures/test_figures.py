"""Values that cannot be misread: suppressed is not a number, unknown is not zero, prices of two years do not add."""

from __future__ import annotations

import operator
import pickle
from collections.abc import Callable

import pytest

from casetrail.errors import CasetrailError, InputError, MissingExtraError
from casetrail.figures import Column, Money, Origin, Suppressed, Table

WITHHELD = Suppressed("fewer than 10 persons")


@pytest.mark.parametrize("act", [operator.add, operator.sub, operator.mul, operator.truediv, operator.lt, operator.ge])
def test_a_suppressed_cell_takes_part_in_no_sum_or_comparison(act: Callable[[object, object], object]) -> None:
    with pytest.raises(TypeError, match="not a number"):
        act(WITHHELD, 1)
    with pytest.raises(TypeError):
        act(1, WITHHELD)


@pytest.mark.parametrize("read", [bool, float, int, sum])
def test_a_suppressed_cell_cannot_be_read_as_false_or_zero(read: Callable[[object], object]) -> None:
    with pytest.raises(TypeError):
        read([WITHHELD, 1] if read is sum else WITHHELD)


def test_a_table_counts_what_is_withheld_and_keeps_its_shape() -> None:
    columns = (Column("who", "Who"), Column("persons", "Persons", "persons"))
    table = Table(columns, (("a", 12), ("b", WITHHELD), ("c", None)))
    assert table.suppressed == 1
    assert table.column("persons") == (12, WITHHELD, None)
    with pytest.raises(KeyError):
        table.column("whom")
    with pytest.raises(ValueError, match="row 1"):
        Table(columns, (("a", 1), ("b",)))


def test_money_of_two_price_years_does_not_add() -> None:
    assert Money(1.5, 2008) + Money(2.0, 2008) == Money(3.5, 2008)
    with pytest.raises(ValueError, match="uplift"):
        Money(1.0, 2008) + Money(1.0, 2009)


def test_every_origin_says_real_or_made_up_in_its_first_word() -> None:
    assert {origin.label.split(":")[0] for origin in Origin} == {"Real", "Made-up"}
    assert [origin for origin in Origin if not origin.is_real] == [Origin.MADE_UP]


def test_an_error_says_what_where_and_what_to_do() -> None:
    failure = InputError("It cannot be read.", where="police.csv, record 3", todo="Declare date_format.", code="x")
    assert str(failure) == "It cannot be read.\nWhere: police.csv, record 3\nWhat to do: Declare date_format."
    assert MissingExtraError("link", needed_for="linkage").todo == 'python -m pip install "casetrail[link]"'
    assert all(kind.exit_code not in (0, 2) for kind in CasetrailError.__subclasses__())


def test_figures_travel_between_processes() -> None:
    assert pickle.loads(pickle.dumps(WITHHELD)) == WITHHELD
