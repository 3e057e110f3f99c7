"""A table of lists: every fault has its own message and place, and no message has a value of the table in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from casetrail.errors import InputError
from casetrail.figures import Origin, Refusal
from casetrail.inquiry.demand_lists import ListsFile, ReadLists, ReadTimes, read_lists

GOOD = "police,health,school,count\n1,0,0,54\n0,1,0,63\n1,1,0,7\n0,0,1,0\n"


def _file(tmp_path: Path, text: str, name: str = "lists.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def _read(tmp_path: Path, text: str, **said: object) -> ReadLists | ReadTimes | Refusal:
    return read_lists(ListsFile(path=_file(tmp_path, text), origin=Origin.MADE_UP, **said))  # type: ignore[arg-type]


def test_patterns_that_are_not_named_have_nobody(tmp_path: Path) -> None:
    read = _read(tmp_path, GOOD)
    assert isinstance(read, ReadLists)
    assert read.together.names == ("police", "health", "school")
    assert read.together.counts.tolist() == [0, 54, 63, 7, 0, 0, 0, 0]
    assert (read.rows, read.one_row_each, dict(read.strata)) == (4, False, {})


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a,b,count\n1,0,54\n0,1,-3\n", "negative_count", "line 3"),
        ("a,b,count\n1,0,54.5\n0,1,3\n", "fractional_count", "line 2"),
        ("a,b,count\n1,0,54\n0,0,3\n", "zero_pattern", "line 3"),
        ("a,b,count\n1,0,54\n0,1,3\n1,0,2\n", "said_twice", "line 4, and lists.csv, line 2"),
        ("a,b,count\n1,0,54\n0,1,\n", "blank", "line 3"),
        ("a,b,count\n1,0,54\n0,1,<5\n", "withheld", "line 3"),
        ("a,b,count\n1,0,54\n0,1,c\n", "withheld", "line 3"),
        ("a,b,count\n1,0,umpteen\n0,1,3\n", "not_a_number", "line 2"),
        ("a,b,count\n1,0,54\n0,2,3\n", "not_0_or_1", "line 3"),
        ("a,b,count\n1,,54\n0,1,3\n", "not_0_or_1", "line 2"),
        ("a,b,count\n1,0,99999999999\n0,1,3\n", "too_large", "line 2"),
        ("a,b,count\n", "no_rows", "lists.csv"),
        ("a,b,region\n1,0,North\n", "not_a_list", "lists.csv"),
        ("nbcap,persons\n1,5\n0,9\n", "zero_pattern", "line 3"),
        ("nbcap,persons\n1,5\n1,9\n", "said_twice", "line 3"),
    ],
)
def test_every_fault_has_its_own_code_and_its_place(tmp_path: Path, text: str, code: str, line: str) -> None:
    with pytest.raises(InputError) as caught:
        _read(tmp_path, text)
    assert caught.value.code == code
    assert line in caught.value.where
    assert caught.value.todo
    for value in ("54", "63", "-3", "99999999999", "umpteen", "<5"):
        assert value not in str(caught.value)


@pytest.mark.parametrize(("lists", "reason"), [(1, "too_few_lists"), (20, "too_many_lists")])
def test_one_list_and_twenty_lists_are_refused(tmp_path: Path, lists: int, reason: str) -> None:
    rows = "\n".join(",".join("1" if i == j else "0" for j in range(lists)) + ",3" for i in range(lists))
    refusal = _read(tmp_path, ",".join(f"list{j}" for j in range(lists)) + f",count\n{rows}\n")
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason


def test_columns_that_divide_persons_make_strata_that_add_up(tmp_path: Path) -> None:
    read = _read(tmp_path, "area,a,b,count\nNorth,1,0,4\nNorth,1,1,2\nSouth,1,0,5\n")
    assert isinstance(read, ReadLists)
    assert read.by == ("area",)
    assert {label: s.counts.tolist() for label, s in read.strata.items()} == {
        ("North",): [0, 4, 0, 2],
        ("South",): [0, 5, 0, 0],
    }
    assert read.together.counts.tolist() == [0, 9, 0, 2]


def test_without_a_count_each_row_is_a_person(tmp_path: Path) -> None:
    read = _read(tmp_path, "a,b\n1,0\n1,0\n1,1\n")
    assert isinstance(read, ReadLists)
    assert read.one_row_each
    assert read.together.counts.tolist() == [0, 2, 0, 1]


def test_named_columns_are_taken_and_a_name_that_is_none_is_told_the_columns(tmp_path: Path) -> None:
    text = "sex,a,b,kept\n0,1,0,4\n1,1,0,2\n0,1,1,5\n"
    read = _read(tmp_path, text, lists=("a", "b"), by=("sex",), count="kept")
    assert isinstance(read, ReadLists)
    assert read.together.counts.tolist() == [0, 6, 0, 5]
    assert len(read.strata) == 2
    with pytest.raises(InputError, match="no column 'gender'") as caught:
        _read(tmp_path, text, lists=("a", "b"), by=("gender",), count="kept")
    assert "sex, a, b, kept" in caught.value.todo


def test_a_column_that_is_neither_is_never_passed_over(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither lists of 0 and 1 nor named"):
        _read(tmp_path, "area,age,a,b,count\nN,old,1,0,4\n", by=("area",))


def test_some_lists_of_a_table_are_the_same_persons_seen_by_fewer(tmp_path: Path) -> None:
    """Counted by hand from GOOD: school alone is left out, the rest keep their patterns."""
    read = _read(tmp_path, GOOD.replace("0,0,1,0", "1,1,1,5"), lists=("health", "police"))
    assert isinstance(read, ReadLists)
    assert read.together.names == ("health", "police")
    assert read.together.counts.tolist() == [0, 63, 54, 7 + 5]
    with pytest.raises(InputError, match="named twice"):
        _read(tmp_path, GOOD, lists=("health", "health"))


def test_true_and_false_are_1_and_0(tmp_path: Path) -> None:
    read = _read(tmp_path, "a,b,count\nTRUE,False,4\ntrue,TRUE,2\n")
    assert isinstance(read, ReadLists)
    assert read.together.counts.tolist() == [0, 4, 0, 2]


def test_repeat_counts_are_known_by_their_header(tmp_path: Path) -> None:
    read = _read(tmp_path, "nbcap,persons\n1,6\n2,4\n5,0\n")
    assert isinstance(read, ReadTimes)
    assert dict(read.persons) == {1: 6, 2: 4, 5: 0}


@pytest.mark.shared
def test_every_published_table_is_read(shared: Path) -> None:
    """Persons on at least one list: the column n of the data's own README."""
    known = {
        "uk_2013_5list": 2744,
        "uk_2013_6list": 2744,
        "netherlands_5list": 8234,
        "new_orleans_8list": 185,
        "western_us_5list": 345,
        "kosovo_1999_4list": 4400,
        "korea_3list": 123,
        "gaza_2023_24_3list_aggregate": 29271,
        "spina_bifida_3list_by_ethnicity": 621,
        "scotland_pwid_2006_4list_by_region_sex_age": 5670,
        "snowshoe_hare_6occ": 68,
    }
    for name, n in known.items():
        read = read_lists(ListsFile(path=shared / "demand" / f"{name}.csv", origin=Origin.PUBLIC_AGGREGATE))
        assert isinstance(read, ReadLists)
        assert read.together.n == n
