"""The header of a `.sql` file is read as written, and a relation that breaks its word is refused."""

from __future__ import annotations

import hashlib
import traceback

import pyarrow as pa
import pytest

from casetrail.errors import IntegrityError, StoreError
from casetrail.store import load_relation, open_snapshot
from casetrail.store.relation import Relation, parse_relation

HEADER = """\
-- relation: letters and how often
-- in: letter, word
-- out: letter, times,
--   persons
-- parameters: least, most
-- source: own; a long reason
--   on two lines
"""
CANARY = "CANARY-7f3a"


def simple(select: str, *, columns: str = "x", parameters: str = "none") -> Relation:
    """A relation with a whole header around one statement."""
    head = f"-- relation: r\n-- in: none\n-- out: {columns}\n-- parameters: {parameters}\n-- source: test\n"
    return parse_relation("r", head + select)


def test_header_is_read_over_several_lines() -> None:
    text = HEADER + "select 1"
    found = parse_relation("letters", text)
    assert found.says == "letters and how often"
    assert found.inputs == ("letter", "word")
    assert found.columns == ("letter", "times", "persons")
    assert found.parameters == ("least", "most")
    assert found.source == "own; a long reason on two lines"
    assert found.text == text
    assert found.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_none_means_no_names() -> None:
    assert simple("select 1 as x").parameters == ()
    assert simple("select 1 as x").inputs == ()


def test_a_comment_after_the_statement_began_is_no_header() -> None:
    assert simple("select 1 as x\n-- out: y").columns == ("x",)


@pytest.mark.parametrize("key", ["relation", "in", "out", "parameters", "source"])
def test_a_missing_header_line_is_named(key: str) -> None:
    text = "".join(f"-- {k}: a\n" for k in ("relation", "in", "out", "parameters", "source") if k != key)
    with pytest.raises(IntegrityError, match=f"'r' has no header line '{key}'"):
        parse_relation("r", text + "select 1")


def test_a_relation_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        load_relation("casetrail.trail", "no_such_relation")


@pytest.mark.parametrize("select", ["select 1 as y", "select 1 as x, 2 as y", "select 1 as X"])
def test_other_columns_than_declared_are_refused(select: str) -> None:
    with open_snapshot(None) as engine, pytest.raises(IntegrityError, match="columns its header names"):
        engine.query(simple(select))


def test_other_columns_than_declared_are_refused_when_stored() -> None:
    with open_snapshot(None) as engine, pytest.raises(IntegrityError, match="columns its header names"):
        engine.materialise(simple("select 1 as y"))


def test_a_run_says_what_ran() -> None:
    asked = simple("select $n as x", parameters="n")
    with open_snapshot(None) as engine:
        found = engine.query(asked, {"n": 7})
    assert found.rows() == [{"x": 7}]
    assert found.run.parameters == (("n", 7),)
    assert found.run.sql == asked.text
    assert found.run.sha256 == asked.sha256


def test_sums_leave_as_whole_numbers() -> None:
    with open_snapshot(None) as engine:
        engine.load("n", pa.table({"us": pa.array([2**62, 2**62, 2**62])}))
        (row,) = engine.query(simple("select sum(us) as x from n")).rows()
    assert row == {"x": 3 * 2**62}
    assert isinstance(row["x"], int)


FAILING = (
    "select cast(name as integer) as x from person",
    "select name::date as x from person",
    f"select x from person where name = '{CANARY}' and nothing_of_this_name = 1",
    f"select error('{CANARY}') as x",
    f"select '{CANARY}' as x from no_such_table",
    f"selekt '{CANARY}'",
)


@pytest.mark.parametrize("select", FAILING)
def test_no_message_of_the_engine_gets_out(select: str, caplog: pytest.LogCaptureFixture) -> None:
    with open_snapshot(None) as engine:
        engine.load("person", pa.table({"name": [CANARY]}))
        for run in (engine.query, engine.materialise):
            with pytest.raises(StoreError) as caught:
                run(simple(select))
            told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(vars(caught.value))
            assert CANARY not in told
            assert caught.value.exit_code == 6
            assert "relation r" in str(caught.value)
    assert CANARY not in caplog.text


def test_a_canary_in_a_parameter_does_not_get_out() -> None:
    asked = simple("select cast($n as integer) as x", parameters="n")
    with open_snapshot(None) as engine, pytest.raises(StoreError) as caught:
        engine.query(asked, {"n": CANARY})
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_failing_load_says_nothing_and_leaves_nothing_registered() -> None:
    with open_snapshot(None) as engine:
        engine.load("t", pa.table({"x": [CANARY]}))
        with pytest.raises(StoreError) as caught:
            engine.load("t", pa.table({"x": [CANARY]}))
        assert CANARY not in str(caught.value)
        assert engine.tables() == {"t"}


def test_out_of_memory_is_said_as_such() -> None:
    many = simple("select a.i || b.i || 'x' as x from range(3000) a(i), range(3000) b(i) order by x desc")
    with open_snapshot(None) as engine:
        engine.limit(memory="8MB", threads=1)
        with pytest.raises(StoreError) as caught:
            engine.materialise(many)
    assert caught.value.code in ("out_of_memory", "disc_full")
