"""The files of the agencies: nothing lost unsaid, the same from one seed, and read by casetrail as they are."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from casetrail.errors import IntegrityError, OutputError, WorldError
from casetrail.inquiry import RecordsRead, parse, read_records, run
from casetrail.inquiry.model import Inquiry
from casetrail.inquiry.work_folder import WorkFolder
from casetrail.records import Keys, read_source
from casetrail.world.holdings import Faults, Happened, Written, read_faults, write_holdings
from casetrail.world.holdings import files as files_module
from casetrail.world.holdings.files import slug
from casetrail.world.holdings.inquiry_file import Asked
from casetrail.world.holdings.truth import OF_THE_WORLD, read_truth

from .bundle import AGENCIES, DAY, ENDED, HOUR, happened, with_column

TODAY = date(2026, 1, 1)
SECOND = 1_000_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Happened, Written]:
    world = happened()
    # Rates so high that every fault of rows occurs in a small world.
    faults = read_faults().changed(row_repeated=0.02, row_entered_twice=0.03, second_record=0.2)
    return world, _write(world, tmp_path_factory.mktemp("made") / "world", faults)


def _write(world: Happened, folder: Path, faults: Faults | None = None, *, seed: int = 7, form: str = "csv") -> Written:
    return write_holdings(
        world, folder, faults=faults or read_faults(), rng=np.random.default_rng(seed), table_format=form
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _read(file: Path) -> tuple[Inquiry, RecordsRead]:
    inquiry = parse(file, today=TODAY)
    return inquiry, read_records(inquiry, WorkFolder(inquiry.work))


def test_rows_in_are_rows_written_and_rows_lost(made: tuple[Happened, Written]) -> None:
    world, written = made
    assert [counts.agency for counts in written.agencies] == sorted(AGENCIES)
    assert written.total("events_in") == world.event.num_rows
    assert written.total("involvements_in") == world.involvement.num_rows
    for counts in written.agencies:
        of_agency = pc.sum(pc.equal(world.event.column("agency"), counts.agency)).as_py()
        assert counts.events_in == of_agency == counts.written + counts.lost
        rows = _rows(written.folder / f"{slug(counts.agency)}_events.csv")
        assert len(rows) == counts.event_rows == counts.written + counts.repeated + counts.entered_twice
        assert len(_rows(written.folder / f"{slug(counts.agency)}_involvements.csv")) == counts.involvement_rows
        assert len(_rows(written.folder / f"{slug(counts.agency)}_people.csv")) == counts.records
        assert len({row["event_ref"] for row in rows}) == counts.written + counts.entered_twice
    for count in ("lost", "late", "repeated", "entered_twice", "second_records", "involvements_lost"):
        assert written.total(count) > 0, count
    assert written.files == len([path for path in written.folder.rglob("*") if path.is_file()])


def test_nobody_s_number_is_used_for_anybody_else(made: tuple[Happened, Written]) -> None:
    world, written = made
    truth = read_truth(written.truth)
    assert pc.count_distinct(truth.records.column("local_id")).as_py() == truth.records.num_rows
    assert pc.count_distinct(truth.people.column("common_number")).as_py() == world.person.num_rows
    number = dict(
        zip(truth.people.column("person").to_pylist(), truth.people.column("common_number").to_pylist(), strict=True)
    )
    who = {row["local_id"]: row["person"] for row in truth.records.to_pylist()}
    per_agency = Counter((row["agency"], row["person"]) for row in truth.records.to_pylist())
    assert max(per_agency.values()) == 2
    for path in sorted(written.folder.glob("*.csv")):
        for row in _rows(path):
            assert row["common_number"] == number[who[row["local_id"]]]


def test_every_file_says_that_it_is_made_up(made: tuple[Happened, Written]) -> None:
    _, written = made
    for path in sorted(written.folder.glob("*.csv")):
        assert {row["origin"] for row in _rows(path)} == {"made-up"}
    sources = tomllib.loads(written.inquiry.read_text(encoding="utf-8"))["source"]
    assert {source["origin"] for source in sources} == {"made-up"}
    for name in ("inquiry.toml", "README.md"):
        assert "nobody in it exists" in (written.folder / name).read_text(encoding="utf-8").casefold()
    for path in sorted(written.truth.glob("*.parquet")):
        assert pa.parquet.read_schema(path).metadata[b"origin"] == b"made-up"


def test_the_inquiry_file_names_every_source_and_not_the_truth(made: tuple[Happened, Written]) -> None:
    world, written = made
    text = written.inquiry.read_text(encoding="utf-8")
    assert "truth" not in text.casefold()
    inquiry = parse(written.inquiry, today=TODAY)
    files = {path.name for path in written.folder.glob("*.csv")}
    named = {source.path.name for source in inquiry.sources}
    assert named == {name for name in files if not name.endswith("_people.csv")}
    assert all(name in text for name in files)
    assert not any(source.path.is_relative_to(written.truth) for source in inquiry.sources)
    assert (inquiry.as_of, inquiry.zone) == (ENDED, "Europe/London")
    for source in inquiry.sources:
        assert (source.covers_from, source.covers_to) == (world.started, world.ended)
        assert source.made_by == source.judged_by_it == source.agency
    assert inquiry.records_activities == {"call received", "visit", "assessment", "case closed"}


def test_what_is_asked_stands_in_the_inquiry_file(tmp_path: Path) -> None:
    asked = Asked(waits=(("call received", "visit"), ("visit", "case closed")), work="w", out="p")
    written = write_holdings(
        happened(60), tmp_path / "world", faults=read_faults(), rng=np.random.default_rng(1), asked=asked
    )
    inquiry = parse(written.inquiry, today=TODAY)
    assert inquiry.wanted.waits == asked.waits
    assert (inquiry.work, inquiry.out) == (written.folder / "w", written.folder / "p")


def test_casetrail_reads_it_and_sets_aside_repeated_rows_and_nothing_else(made: tuple[Happened, Written]) -> None:
    _, written = made
    inquiry, records = _read(written.inquiry)
    good = sum(source.rows_good for source in records.sources)
    assert sum(source.rows_quarantined for source in records.sources) == written.total("repeated") > 0
    assert good == written.total("written") + written.total("entered_twice") + written.total("involvement_rows")
    with (inquiry.work / "quarantine.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["code"] for row in csv.DictReader(file)} == {"duplicate_event_id"}
    assert not [note for source in records.sources for note in source.notes]


def test_the_whole_path_runs_and_its_days_add_up(made: tuple[Happened, Written], tmp_path: Path) -> None:
    _, written = made
    done = run(parse(written.inquiry, today=TODAY), out=tmp_path / "pack")
    answers = {answer.id: answer for answer in done.answers}
    assert "600" in answers["trail.overview"].sentence
    assert all(source.ref.origin.value == "made-up" for source in done.sources)


def test_without_faults_every_row_is_there_with_the_values_of_the_bundle(tmp_path: Path) -> None:
    world = happened(200)
    written = _write(world, tmp_path / "world", read_faults().without())
    assert (written.total("lost"), written.total("late"), written.total("involvements_lost")) == (0, 0, 0)
    inquiry = parse(written.inquiry, today=TODAY)
    keys = Keys.create(tmp_path / "key")
    for agency in AGENCIES:
        (source,) = (s for s in inquiry.sources if s.name == agency)
        events = read_source(source, keys=keys, as_of=inquiry.as_of).events
        true = world.event.filter(pc.equal(world.event.column("agency"), agency)).sort_by("at_us")
        for ours, theirs in (("at_us", "at_us"), ("recorded_us", "at_us"), ("end_us", "end_us")):
            whole = [None if us is None else us // SECOND * SECOND for us in true.column(theirs).to_pylist()]
            assert events.column(ours).to_pylist() == whole
        for name in ("activity", "team", "closing_code", "reported_by_role", "told_by"):
            assert events.column(name).to_pylist() == true.column(name).to_pylist()
        severity = [f"{value:.2f}" for value in true.column("severity").to_pylist()]
        assert [f"{float(text):.2f}" for text in events.column("severity").to_pylist()] == severity
        for ours in ("incident", "episode", "person", "household"):
            assert _same_groups(events.column(ours).to_pylist(), true.column(ours).to_pylist())


def _same_groups(found: list[object], true: list[object]) -> bool:
    """Whether two columns of numbers tell the same things apart, and know the same."""
    pairs = {*zip(found, true, strict=True)}
    return len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}) and all(
        (a is None) == (b is None) for a, b in pairs
    )


def test_a_file_is_sorted_by_time_and_its_references_by_recording(made: tuple[Happened, Written]) -> None:
    _, written = made
    for agency in ("police", "social care"):
        rows = _rows(written.folder / f"{slug(agency)}_events.csv")
        at = [datetime.fromisoformat(row["at"]) for row in rows]
        assert at == sorted(at)
        by_reference = sorted({(row["event_ref"], datetime.fromisoformat(row["recorded_at"])) for row in rows})
        assert [when for _, when in by_reference] == sorted(when for _, when in by_reference)
        assert all(a <= datetime.fromisoformat(row["recorded_at"]) for a, row in zip(at, rows, strict=True))


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(tmp_path: Path) -> None:
    world = happened(120)
    first, again, other = (
        _hashes(_write(world, tmp_path / name, seed=seed).folder) for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert first == again
    assert first.keys() == other.keys()
    same = {name for name in first if first[name] == other[name]}
    # What does not depend on luck: the world itself, and the words on the folders.
    assert same <= {
        "README.md",
        "inquiry.toml",
        "truth/README.md",
        *(f"truth/{name}.parquet" for name in OF_THE_WORLD),
        "truth/world.json",
    }


def test_one_agency_s_luck_does_not_depend_on_which_others_there_are(tmp_path: Path) -> None:
    world = happened(120)
    kept = pc.is_in(world.event.column("agency"), pa.array(["police", "health"]))
    kept_too = pc.is_in(world.involvement.column("agency"), pa.array(["police", "health"]))
    fewer = replace(world, event=world.event.filter(kept), involvement=world.involvement.filter(kept_too))
    whole, part = _write(world, tmp_path / "whole").folder, _write(fewer, tmp_path / "part").folder
    assert sorted(path.name for path in part.glob("*_events.csv")) == ["health_events.csv", "police_events.csv"]
    for path in part.glob("*.csv"):
        assert path.read_bytes() == (whole / path.name).read_bytes(), path.name


def test_parquet_holds_the_same_events_as_csv(tmp_path: Path) -> None:
    world = happened(150)
    keys = Keys.create(tmp_path / "key")
    read = {}
    for form in ("csv", "parquet"):
        written = _write(world, tmp_path / form, form=form)
        inquiry = parse(written.inquiry, today=TODAY)
        extracts = [read_source(source, keys=keys, as_of=inquiry.as_of) for source in inquiry.sources]
        assert sum(extract.rows_quarantined for extract in extracts) == written.total("repeated")
        drop = ["source_place", "row_no"]
        read[form] = [(x.events.drop_columns(drop), x.involvements.drop_columns(drop)) for x in extracts]
    assert read["csv"] == read["parquet"]


def test_an_agency_that_writes_days_is_read_to_the_day(tmp_path: Path) -> None:
    faults = read_faults()
    court = faults.of("court")
    by_day = replace(court, form=replace(court.form, times="day"))
    faults = replace(faults, agencies={**faults.agencies, "court": by_day})
    written = _write(happened(150), tmp_path / "world", faults)
    _, records = _read(written.inquiry)
    assert sum(source.rows_quarantined for source in records.sources) == written.total("repeated")
    row = _rows(written.folder / "court_events.csv")[0]
    assert {len(row[name]) for name in ("at", "recorded_at")} == {10}
    assert len(_rows(written.folder / "police_events.csv")[0]["at"]) == 25


def test_without_a_common_number_for_all_each_agency_numbers_its_own_persons(tmp_path: Path) -> None:
    written = _write(happened(150), tmp_path / "world", read_faults().with_common_number(0.5))
    inquiry, records = _read(written.inquiry)
    assert {source.person_scheme for source in inquiry.sources} == set(AGENCIES)
    assert {source.columns["person"] for source in inquiry.sources} == {("local_id",)}
    assert sum(source.rows_quarantined for source in records.sources) == written.total("repeated")
    numbers = [row["common_number"] for row in _rows(written.folder / "police_people.csv")]
    assert 0 < sum(not number for number in numbers) < len(numbers)


def test_texts_with_commas_quotes_and_line_breaks_come_back_whole(tmp_path: Path) -> None:
    world = happened(60)
    rows = world.event.num_rows
    odd = ['said "no", left', "line one\nline two", "a;b", "ünïcödé £", "'=1+1"]
    world = with_column(world, "event", "outcome", pa.array([odd[n % len(odd)] for n in range(rows)]))
    written = _write(world, tmp_path / "world", read_faults().without())
    inquiry = parse(written.inquiry, today=TODAY)
    keys = Keys.create(tmp_path / "key")
    found: Counter[str] = Counter()
    for source in inquiry.sources:
        extract = read_source(source, keys=keys, as_of=inquiry.as_of)
        assert extract.rows_quarantined == 0
        if source.kind == "events":
            found.update(extract.events.column("outcome").to_pylist())
    assert found == Counter(world.event.column("outcome").to_pylist())


def test_the_hour_that_happens_twice_is_written_so_that_it_can_be_told(tmp_path: Path) -> None:
    world = happened(60)
    # 25 October 2020: at 01:00 UTC the clocks of London went back to 01:00.
    change = int(datetime(2020, 10, 25, 1, tzinfo=UTC).timestamp()) * SECOND
    rows = world.event.num_rows
    at = np.where(np.arange(rows) % 2 == 0, change - 60 * SECOND, change + 30 * 60 * SECOND)
    world = with_column(with_column(world, "event", "at_us", pa.array(at)), "event", "end_us", pa.array(at + HOUR))
    world = with_column(world, "event", "asked_us", pa.nulls(rows, pa.int64()))
    written = _write(world, tmp_path / "world", read_faults().without())
    texts = {row["at"] for row in _rows(written.folder / "police_events.csv")}
    assert texts == {"2020-10-25T01:59:00+01:00", "2020-10-25T01:30:00+00:00"}
    inquiry = parse(written.inquiry, today=TODAY)
    extract = read_source(inquiry.sources[0], keys=Keys.create(tmp_path / "key"), as_of=inquiry.as_of)
    assert set(extract.events.column("at_us").to_pylist()) == set(at.tolist())


def test_what_ends_or_is_recorded_after_the_extract_is_not_in_it(tmp_path: Path) -> None:
    world = happened(200)
    late = world.end_us + 10 * DAY
    ends = pa.array([late] * world.event.num_rows)
    world = with_column(world, "event", "end_us", ends)
    world = with_column(world, "involvement", "to_us", pa.array([late] * world.involvement.num_rows))
    faults = read_faults().changed(row_late=1.0, late_median_hours=24 * 365.0)
    written = _write(world, tmp_path / "world", faults)
    assert written.total("recorded_after_extract") > 0.2 * written.total("events_in")
    header = _rows(written.folder / "police_events.csv")[0]
    assert "ended_at" not in header
    assert not {"to", "reason_end"} & set(_rows(written.folder / "police_involvements.csv")[0])
    _, records = _read(written.inquiry)
    assert sum(source.rows_quarantined for source in records.sources) == written.total("repeated")


def test_an_agency_without_a_section_has_the_rates_of_other_and_a_form_of_its_own(tmp_path: Path) -> None:
    world = happened(100, agencies=("police", "night shelter"))
    written = _write(world, tmp_path / "world")
    faults = read_faults()
    assert faults.of("night shelter").dob_missing == faults.of("other").dob_missing
    rows = _rows(written.folder / "night_shelter_people.csv")
    assert all(row["local_id"].startswith("NIG-") for row in rows)
    assert sum(source.rows_quarantined for source in _read(written.inquiry)[1].sources) == written.total("repeated")


def test_an_agency_with_involvements_alone_has_no_file_of_events(tmp_path: Path) -> None:
    world = happened(100)
    kept = pc.not_equal(world.event.column("agency"), "advocacy")
    written = _write(replace(world, event=world.event.filter(kept)), tmp_path / "world")
    assert not (written.folder / "advocacy_events.csv").exists()
    assert (written.folder / "advocacy_people.csv").exists()
    names = {source.name for source in parse(written.inquiry, today=TODAY).sources}
    assert "advocacy involvements" in names
    assert "advocacy" not in names


def test_a_world_of_which_nobody_wrote_anything_down_is_refused(tmp_path: Path) -> None:
    world = happened(50)
    silent = replace(world, event=world.event.slice(0, 0), involvement=world.involvement.slice(0, 0))
    lost = read_faults().changed(row_missing=1.0, involvement_missing=1.0)
    for bundle, faults in ((silent, read_faults()), (world, lost)):
        with pytest.raises(WorldError, match="wrote anything down"):
            _write(bundle, tmp_path / "world", faults)
    assert not list(tmp_path.iterdir())


def test_two_agencies_whose_names_make_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="file name of its own"):
        _write(happened(50, agencies=("adult care", "Adult-Care")), tmp_path / "world")
    assert not list(tmp_path.iterdir())


def test_file_names_are_safe_on_windows(made: tuple[Happened, Written]) -> None:
    _, written = made
    for path in written.folder.rglob("*"):
        assert path.name.isascii()
        assert not set(path.name) & set('<>:"/\\|?* ')
        assert path.stem.casefold() not in {"con", "prn", "aux", "nul"}


def test_a_folder_with_files_of_one_s_own_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(OutputError, match="not empty"):
        _write(happened(20), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    assert _write(happened(20), tmp_path / "empty").inquiry.is_file()


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError, IntegrityError("lost")])
def test_what_is_stopped_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def stop(*_: object, **__: object) -> Iterator[None]:
        raise failure

    monkeypatch.setattr(files_module, "write_truth", stop)
    with pytest.raises((KeyboardInterrupt, OSError, IntegrityError)):
        _write(happened(20), tmp_path / "world")
    assert not list(tmp_path.iterdir())


def test_progress_is_told_for_each_agency_and_for_the_truth(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    world = happened(50)
    written = write_holdings(
        world,
        tmp_path / "world",
        faults=read_faults(),
        rng=np.random.default_rng(1),
        progress=lambda what, rows: told.append((what, rows)),
    )
    assert [what for what, _ in told] == [*sorted(AGENCIES), "truth"]
    sums = [written.total(name) for name in ("event_rows", "involvement_rows", "records")]
    assert sum(rows for _, rows in told[:-1]) == sum(sums)


def test_one_number_is_taken_from_the_generator(tmp_path: Path) -> None:
    rng, same = np.random.default_rng(1), np.random.default_rng(1)
    write_holdings(happened(20), tmp_path / "world", faults=read_faults(), rng=rng)
    same.integers(0, 2**62)
    assert rng.random() == same.random()
