"""The sealed truth: whole, consistent with the files, and out of reach of the rooms that analyse."""

from __future__ import annotations

import ast
import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import casetrail
from casetrail.errors import InputError, IntegrityError
from casetrail.world.holdings import Happened, Written, read_faults, write_holdings
from casetrail.world.holdings.files import slug
from casetrail.world.holdings.truth import OF_THE_WORLD, TABLES, Truth, read_truth

from .bundle import AGENCIES, happened, with_column

SOURCES = Path(casetrail.__file__).parent
ANALYSIS = ("trail", "compare", "checklist", "demand", "cost", "rationing", "outcome", "voice", "publish", "records")
# The package brings the truth along: a room that imports any part of it could read the truth.
SEALED = "casetrail.world"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Happened, Written, Truth]:
    world = happened()
    folder = tmp_path_factory.mktemp("made") / "world"
    faults = read_faults().changed(row_repeated=0.02, row_entered_twice=0.03, second_record=0.2)
    written = write_holdings(world, folder, faults=faults, rng=np.random.default_rng(7))
    return world, written, read_truth(written.truth)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_truth_holds_what_was_simulated_as_it_was(made: tuple[Happened, Written, Truth]) -> None:
    world, _, truth = made
    assert (truth.scenario, truth.seed, truth.started, truth.ended) == ("hand-made", 1, world.started, world.ended)
    assert truth.coefficients == world.coefficients
    people = world.person.sort_by("person")
    for name in people.column_names:
        assert truth.people.column(name).to_pylist() == people.column(name).to_pylist()
    for name in ("parameters", "changed", "shape"):
        assert getattr(truth, name) == getattr(world, name)
    for name in OF_THE_WORLD:
        sealed, table = getattr(truth, name), getattr(world, name)
        assert {key: sealed.column(key).to_pylist() for key in table.column_names} == table.to_pydict()


def test_what_is_not_known_of_a_person_is_null_in_the_truth(tmp_path: Path) -> None:
    cells = [None, *happened(30).person.column("need_at_start").to_pylist()[1:]]
    world = with_column(happened(30), "person", "need_at_start", pa.array(cells))
    written = write_holdings(world, tmp_path / "w", faults=read_faults(), rng=np.random.default_rng(1))
    sealed = read_truth(written.truth).people.column("need_at_start")
    assert sealed.to_pylist() == world.person.sort_by("person").column("need_at_start").to_pylist()
    assert sealed.null_count == 1


def test_every_row_of_the_bundle_is_accounted_for_once(made: tuple[Happened, Written, Truth]) -> None:
    world, written, truth = made
    for table, source in ((truth.events, world.event), (truth.involvements, world.involvement)):
        assert sorted(table.column("bundle_row").to_pylist()) == list(range(source.num_rows))
        order = table.sort_by("bundle_row")
        for name in ("person", "agency"):
            assert order.column(name).to_pylist() == source.column(name).to_pylist()
    status = {row["values"]: row["counts"] for row in pc.value_counts(truth.events.column("status")).to_pylist()}
    assert status == {
        "written": written.total("written"),
        "never recorded": written.total("never_recorded"),
        "recorded after the extract": written.total("recorded_after_extract"),
    }
    kept = truth.events.filter(pc.equal(truth.events.column("status").cast(pa.string()), "written"))
    assert pc.sum(kept.column("late")).as_py() == written.total("late")
    assert pc.sum(kept.column("repeated")).as_py() == written.total("repeated")
    assert kept.column("second_event_ref").drop_null().length() == written.total("entered_twice")


@pytest.mark.parametrize("agency", AGENCIES)
def test_who_is_who_and_what_became_of_each_row_agree_with_the_files(
    made: tuple[Happened, Written, Truth], agency: str
) -> None:
    _, written, truth = made
    rows = _rows(written.folder / f"{slug(agency)}_events.csv")
    in_file: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        in_file.setdefault(row["event_ref"], []).append(row)
    who = {row["local_id"]: row["person"] for row in truth.records.to_pylist() if row["agency"] == agency}
    assert set(who) == {row["local_id"] for row in _rows(written.folder / f"{slug(agency)}_people.csv")}
    seen = 0
    for fate in truth.events.filter(pc.equal(truth.events.column("agency").cast(pa.string()), agency)).to_pylist():
        assert (fate["status"] == "written") == (fate["event_ref"] is not None) == (fate["local_id"] is not None)
        if fate["event_ref"] is None:
            continue
        found = in_file[fate["event_ref"]]
        seen += len(found)
        assert len(found) == 1 + fate["repeated"]
        assert all(row == found[0] for row in found)
        assert found[0]["local_id"] == fate["local_id"]
        assert who[fate["local_id"]] == fate["person"]
        if fate["second_event_ref"] is not None:
            (again,) = in_file[fate["second_event_ref"]]
            seen += 1
            assert {**again, "event_ref": ""} == {**found[0], "event_ref": ""}
    assert seen == len(rows)


def test_planted_faults_name_records_of_the_agency(made: tuple[Happened, Written, Truth]) -> None:
    _, _, truth = made
    records = {*zip(*(truth.records.column(name).to_pylist() for name in ("agency", "local_id")), strict=True)}
    faults = {*zip(*(truth.faults.column(name).to_pylist() for name in ("agency", "local_id")), strict=True)}
    assert faults
    assert faults <= records
    assert truth.rates["agency"]["police"]["second_record"] == 0.2


def test_a_truth_that_was_touched_is_refused(tmp_path: Path) -> None:
    written = write_holdings(happened(30), tmp_path / "w", faults=read_faults(), rng=np.random.default_rng(1))
    assert {path.stem for path in written.truth.glob("*.parquet")} == set(TABLES)
    facts = written.truth / "world.json"
    whole = facts.read_bytes()
    changed = json.loads(whole)
    changed["coefficients"]["load"] = 0.0
    facts.write_text(json.dumps(changed), encoding="utf-8")
    with pytest.raises(IntegrityError, match=r"world\.json"):
        read_truth(written.truth)
    facts.write_bytes(whole)
    (written.truth / "more.txt").write_text("", encoding="utf-8")
    with pytest.raises(IntegrityError, match=r"more\.txt"):
        read_truth(written.truth)
    (written.truth / "more.txt").unlink()
    (written.truth / "waits.parquet").unlink()
    with pytest.raises(IntegrityError, match=r"waits\.parquet"):
        read_truth(written.truth)


def test_a_folder_that_is_no_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not the truth"):
        read_truth(tmp_path)
    (tmp_path / "seal.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="not the truth"):
        read_truth(tmp_path)


def test_the_folder_says_that_no_analysis_room_may_read_it(made: tuple[Happened, Written, Truth]) -> None:
    _, written, _ = made
    words = (written.truth / "README.md").read_text(encoding="utf-8")
    assert "No analysis room may read this folder" in words
    for path in written.truth.iterdir():
        assert path.name in {"README.md", "seal.json"} or f"`{path.name}`" in words


def _imported(module: Path) -> set[str]:
    """Modules that a module names in an import, also one inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


@pytest.mark.parametrize("room", ANALYSIS)
def test_no_analysis_room_imports_the_truth(room: str) -> None:
    modules = sorted((SOURCES / room).rglob("*.py"))
    assert modules or not (SOURCES / room).exists()
    for module in modules:
        assert not [name for name in _imported(module) if name.startswith(SEALED)], module
        text = module.read_text(encoding="utf-8")
        assert "read_truth" not in text, module
