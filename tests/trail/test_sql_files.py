"""Every relation says truly what goes in and what comes out, keeps to the portable part of SQL, and knows no worker."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import casetrail.trail
from casetrail.schema.trails import By
from casetrail.store import Relation, load_relation

FOLDER = Path(casetrail.trail.__file__).parent / "sql"
NAMES = sorted(path.stem for path in FOLDER.glob("*.sql"))

# Aggregates and windows as the design limits them, and the scalar functions that DuckDB and Spark share.
AGGREGATES = {"count", "sum", "avg", "median", "min", "max", "stddev_samp", "lead", "lag", "row_number"}
SCALARS = {"coalesce", "greatest", "least", "floor", "substr", "md5", "md5_number_lower", "md5_number_upper"}
# Words that may stand before a bracket without being functions.
SYNTAX = {
    "and", "as", "by", "cast", "exists", "from", "in", "not", "on", "or", "over", "partition", "select",
    "union", "when", "where",
}  # fmt: skip
STORED = {"event_raw", "involvement_raw", "fact_raw", "source", "quarantine", "month", "spell", "speaker", "ending"}


def body(relation: Relation) -> str:
    """The statement without comments and quoted words, in small letters."""
    lines = [line.split("--")[0] for line in relation.text.splitlines()]
    return re.sub(r"'[^']*'", "''", "\n".join(lines)).lower()


@pytest.fixture(params=NAMES)
def relation(request: pytest.FixtureRequest) -> Relation:
    return load_relation("casetrail.trail", request.param)


def test_there_are_relations() -> None:
    assert len(NAMES) > 30


def test_parameters_are_exactly_those_in_the_text(relation: Relation) -> None:
    assert set(relation.parameters) == set(re.findall(r"\$(\w+)", body(relation)))
    assert len(relation.parameters) == len(set(relation.parameters))


def test_inputs_are_exactly_the_tables_read(relation: Relation) -> None:
    text = re.sub(r"\bdistinct from\b", "<>", body(relation))
    own = set(re.findall(r"(?:with|,)\s*(\w+) as \(", text))
    read = set(re.findall(r"(?:from|join)\s+([a-z_]\w*)", text)) - own
    assert set(relation.inputs) == read
    assert read <= STORED | set(NAMES), "an input is neither a stored table nor a relation"


def test_only_portable_functions(relation: Relation) -> None:
    used = set(re.findall(r"\b([a-z_]\w*)\s*\(", body(relation)))
    own = set(re.findall(r"\b(\w+) as \(", body(relation)))
    assert used - own - SYNTAX <= AGGREGATES | SCALARS


def test_no_aggregate_of_a_list_in_an_order(relation: Relation) -> None:
    # One portability layer refuses these and a transpiler silently drops their order.
    text = body(relation)
    assert not re.search(r"\b(list|array_agg|string_agg|group_concat|listagg|first|last|arg_m\w+)\s*\(", text)
    for name in AGGREGATES - {"lead", "lag", "row_number"}:
        assert not re.search(rf"\b{name}\s*\([^()]*\border by\b", text)


def test_is_one_statement_that_only_reads(relation: Relation) -> None:
    text = body(relation)
    assert ";" not in text
    assert re.match(r"\s*(with|select)\b", text)
    assert not re.search(r"\b(insert|update|delete|drop|create|attach|copy|pragma|install|load)\b", text)


def test_columns_have_names_of_their_own(relation: Relation) -> None:
    assert relation.columns
    assert len(relation.columns) == len(set(relation.columns))
    assert relation.says
    assert relation.source


def test_a_worker_is_counted_and_never_a_group(relation: Relation) -> None:
    text = body(relation)
    for clause in re.findall(
        r"(?:group|partition|order) by(.*?)(?:\)|\n\s*(?:having|order|window|select)\b|$)", text, re.S
    ):
        assert "worker" not in clause
    if relation.name in ("event", "step"):
        return  # the tables every measure reads; `worker_no` is numbered anew each run
    without_counts = re.sub(r"count\(distinct (?:step\.)?worker_no\) as workers", "", text)
    assert "worker_no" not in without_counts
    assert not any("worker" in name and name != "workers" for name in relation.columns)


def test_worker_is_not_a_grouping() -> None:
    assert "worker" not in get_args(By)


def test_a_measure_that_takes_a_grouping_offers_no_worker(relation: Relation) -> None:
    offered = set(re.findall(r"\$by = '(\w+)'", relation.text))
    assert offered <= set(get_args(By))
    assert bool(offered) == ("by" in relation.parameters)
