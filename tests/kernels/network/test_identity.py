"""Bit for bit the same: in how many threads whatever, in one go or stopped, saved, loaded and run on."""

from __future__ import annotations

import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from casetrail.errors import InputError, IntegrityError, OutputError
from casetrail.kernels.network import shape as s
from casetrail.kernels.network.checkpoint import digest, load, save
from casetrail.kernels.network.loop import rows_of, run
from casetrail.kernels.network.make import Made

from .known_all import ALL
from .varied import RULES, UNTIL, office

THIRD = UNTIL // 3


def same(one: s.State, other: s.State) -> bool:
    """Counts, rows, events, and all tables as far as they are in use."""
    alike = {name: np.array_equal(getattr(one, name), getattr(other, name)) for name in s.State._fields}
    size = one.count[s.HEAP_SIZE]
    alike["heap"] = np.array_equal(one.heap[:size], other.heap[: other.count[s.HEAP_SIZE]])
    alike["row"] = rows_of(one).tobytes() == rows_of(other).tobytes()
    alike["token"] = np.array_equal(
        one.token[one.token["state"] != s.NOWHERE], other.token[other.token["state"] != s.NOWHERE]
    )
    return all(alike.values())


def finished(rule: int, seed: int) -> s.State:
    made = office(seed, rule=rule)
    return run(made.model, made.state, UNTIL)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_change_nothing(threads: int) -> None:
    jobs = [(rule, seed) for rule in RULES for seed in range(8)]
    alone = [finished(*job) for job in jobs]
    with ThreadPoolExecutor(threads) as pool:
        together = list(pool.map(lambda job: finished(*job), jobs))
    assert all(same(a, b) for a, b in zip(alone, together, strict=True))
    assert len({rows_of(state).tobytes() for state in alone}) == len(jobs), "seeds and rules differ"


@pytest.mark.parametrize("threads", [2, 8])
def test_threads_change_nothing_where_arrays_grow(threads: int) -> None:
    known = ALL["jackson"]
    alone = [known.simulate(20_000, seed) for seed in range(8)]
    with ThreadPoolExecutor(threads) as pool:
        together = list(pool.map(lambda seed: known.simulate(20_000, seed), range(8)))
    assert all(same(a, b) for a, b in zip(alone, together, strict=True))


@pytest.mark.parametrize("rule", RULES)
def test_stopped_saved_and_loaded_is_as_if_never_stopped(rule: int, tmp_path: Path) -> None:
    whole, made = finished(rule, 5), office(5, rule=rule)
    third = run(made.model, made.state, THIRD)
    save(third, tmp_path / "third.npz", model=made.model)
    # Another process has its own model, equal to this one.
    model = office(5, rule=rule).model
    loaded = load(tmp_path / "third.npz", model=model)
    assert same(loaded, third)
    assert 0 < third.count[s.ROWS] < whole.count[s.ROWS]
    on = run(model, loaded, UNTIL)
    assert same(on, whole)
    assert same(run(made.model, third, UNTIL), whole), "saving leaves the state as it was"


def test_stopped_at_many_times_is_as_if_never_stopped(tmp_path: Path) -> None:
    whole, made = finished(s.ROTA, 6), office(6, rule=s.ROTA)
    state, file = made.state, tmp_path / "state.npz"
    for until in (0, 1, THIRD, THIRD, UNTIL // 2, UNTIL):
        save(run(made.model, state, until), file, model=made.model)
        state = load(file, model=made.model)
    assert same(state, whole)
    assert [one.name for one in tmp_path.iterdir()] == ["state.npz"]


def saved(folder: Path) -> tuple[Made, Path]:
    made = office(5, persons=30)
    file = folder / "state.npz"
    save(run(made.model, made.state, THIRD), file, model=made.model)
    return made, file


def test_a_state_of_another_model_is_refused(tmp_path: Path) -> None:
    made, file = saved(tmp_path)
    for other in (office(6, persons=30).model, made.model._replace(term_coef=made.model.term_coef + 1e-9)):
        assert digest(other) != digest(made.model)
        with pytest.raises(IntegrityError, match="another model"):
            load(file, model=other)


def tables(file: Path) -> dict[str, np.ndarray]:
    with np.load(file) as content:
        return {**content}


def altered(file: Path, name: str, array: np.ndarray) -> None:
    """The same file with another table in it."""
    np.savez(file, **{**tables(file), name: array})


def test_a_state_with_other_tables_than_its_stamp_is_refused(tmp_path: Path) -> None:
    made, file = saved(tmp_path)
    altered(file, "queue_head", np.zeros(3, dtype=np.int32))
    with pytest.raises(IntegrityError, match="another queue_head table"):
        load(file, model=made.model)
    made, file = saved(tmp_path)
    altered(file, "token", tables(file)["token"]["person"].astype(np.int64))
    with pytest.raises(IntegrityError, match="another token table"):
        load(file, model=made.model)


@pytest.mark.parametrize(
    ("old", "new", "says"), [("state/1", "state/9", "not a readable"), ('"<i4"', '"<i8"', "other columns")]
)
def test_a_state_of_another_kind_is_refused(old: str, new: str, says: str, tmp_path: Path) -> None:
    made, file = saved(tmp_path)
    stamp = tables(file)["stamp"].tobytes().decode()
    altered(file, "stamp", np.frombuffer(stamp.replace(old, new).encode(), dtype=np.uint8))
    with pytest.raises((InputError, IntegrityError), match=says):
        load(file, model=made.model)


def test_what_is_no_state_is_refused(tmp_path: Path) -> None:
    made, file = saved(tmp_path)
    content = file.read_bytes()
    for bad in (b"", b"nothing", content[: len(content) // 2], content.replace(b"queue_head", b"queue_hexd")):
        file.write_bytes(bad)
        with pytest.raises(InputError, match="not a readable"):
            load(file, model=made.model)
    with pytest.raises(InputError, match="not a readable"):
        load(tmp_path / "missing.npz", model=made.model)
    np.savez(file, stamp=np.array([{"a": 1}], dtype=object))
    with pytest.raises(InputError, match="not a readable"):
        load(file, model=made.model)


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    made, file = saved(tmp_path)
    with zipfile.ZipFile(file) as archive:
        inside = archive.getinfo("token.npy").header_offset + 1000
    content = bytearray(file.read_bytes())
    content[inside] ^= 4
    file.write_bytes(content)
    with pytest.raises(InputError, match="not a readable"):
        load(file, model=made.model)


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, file = saved(tmp_path)
    before = file.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        save(made.state, file, model=made.model)
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["state.npz"]
    with pytest.raises(OutputError, match="cannot be written"):
        save(made.state, tmp_path / "missing" / "state.npz", model=made.model)
