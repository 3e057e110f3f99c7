"""`casetrail audit` as a stranger meets it: draw, read, beside, files, lqas; no value of a file is ever said."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from scipy.special import expit

from acceptance.command import answers, by, casetrail, rows
from acceptance.small import GOOD, with_file
from casetrail.errors import InputError, UnknownNameError
from casetrail.figures import Origin
from casetrail.inquiry.audit_asked_again import audit_again
from casetrail.inquiry.audit_frame import FrameAsked, audit_frame
from casetrail.inquiry.audit_reading import Scale, read_ratings
from casetrail.inquiry.audit_sheets import SheetAsked
from casetrail.inquiry.auditing import is_worklist
from casetrail.inquiry.following import followed
from casetrail.inquiry.parse import parse
from casetrail.inquiry.reading import end_of_day_us
from casetrail.inquiry.work_folder import WorkFolder
from casetrail.inquiry.worldmaking import make_world
from casetrail.publish import schema
from casetrail.trail.handle import with_persons
from casetrail.world import World

TODAY = date(2026, 11, 1)
SUB = ("draw", "read", "beside", "files", "lqas")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inquiry file of a small made-up authority."""
    place = tmp_path_factory.mktemp("audit") / "made"
    make_world(World(scenario="fair", children=1_500, years=1.5, seed=3), place)
    return place / "inquiry.toml"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Ratings of files of 60 teams, a third of them rated twice, and an indicator that sees what they see."""
    rng = np.random.default_rng(2)
    folder = tmp_path_factory.mktemp("ratings")
    first = rng.standard_normal(60)
    second = 0.9 * first + np.sqrt(1 - 0.81) * rng.standard_normal(60)
    ratings, indicator = folder / "ratings.csv", folder / "in-time.csv"
    with ratings.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unit", "file", "rater", "grade", "weight"])
        for unit in range(60):
            for k in range(12):
                quality = 0.5 + second[unit] + rng.logistic()
                for rater in ("A. Smith", "B. Jones")[: 1 + (k < 4)]:
                    grade = "adequate" if quality + 0.3 * rng.logistic() > 0 else "inadequate"
                    writer.writerow([f"Team {unit:02d}", f"F{k}", rater, grade, 2.5])
    with indicator.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Unit", "Numerator", "Denominator"])
        for unit in range(60):
            cases = int(rng.integers(200, 900))
            writer.writerow([f"team {unit:02d}", rng.binomial(cases, expit(0.8 + 0.5 * first[unit])), cases])
    return ratings, indicator


def spoilt(ratings: Path, folder: Path, *lines: str) -> Path:
    """The same ratings with more rows behind them."""
    path = folder / "spoilt.csv"
    path.write_text(ratings.read_text(encoding="utf-8") + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_help_has_every_part_with_an_example() -> None:
    said = casetrail("audit", "--help")
    assert said.code == 0
    for name in SUB:
        assert re.search(rf"^\W*{name}\s", said.out, re.MULTILINE), name
        own = casetrail("audit", name, "--help")
        assert own.code == 0
        assert f"Example: casetrail audit {name}" in own.out
        for option in re.findall(r"--[a-z][a-z-]+", own.out):
            line = next(line for line in own.out.splitlines() if option in line)
            assert len(line.replace("│", "").split()) > 1, option
    assert "worker" not in casetrail("audit", "draw", "--help").out


def test_a_draw_is_the_same_again_and_its_worklist_comes_back_as_ratings(world: Path, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    said = casetrail("audit", "draw", world, "--files", "30", "--by", "agency", "--seed", "4", "--out", out)
    assert said.code == 0, said.err
    assert said.out.count("Internal, not for release") == 2
    with out.open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    assert len(listed) == 30
    assert {row["stamp"] for row in listed} == {"Internal, not for release"}
    assert [row["file"] for row in listed] == sorted(row["file"] for row in listed)
    assert not any("worker" in name for name in listed[0])
    strata = answers(casetrail("audit", "draw", world, "--files", "30", "--by", "agency", "--seed", "4", "--json"))
    chance = {row["body"]: row["drawn"] / row["size"] for row in rows(strata["audit.draw"])}
    for row in listed:
        assert float(row["probability"]) == pytest.approx(chance[row["unit"]])
        assert float(row["weight"]) == pytest.approx(1 / chance[row["unit"]])
    # The sum of weights is the number of files in the frame.
    frame = sum(row["size"] for row in rows(strata["audit.draw"]))
    assert sum(float(row["weight"]) for row in listed) == pytest.approx(frame)
    assert {row["file"] for row in listed} == {row["file"] for row in rows(strata["audit.draw.worklist"])}
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, listed[0].keys())
        writer.writeheader()
        writer.writerows({**row, "rater": "1", "grade": ("3", "")[at % 7 == 0]} for at, row in enumerate(listed))
    read = casetrail("audit", "read", out, "--origin", "made-up", "--grades", "1,2,3,4", "--adequate", "3", "--json")
    kept = rows(answers(read)["audit.ratings.rows"])
    assert kept[0]["rows"] == 30 - sum(at % 7 == 0 for at in range(30))
    assert "unknown, and not counted as the worst" in kept[1]["what"]
    assert is_worklist(out) and not is_worklist(world)
    assert out.resolve() in WorkFolder(parse(world, today=TODAY).work).written_elsewhere()


def test_draws_differ_by_seed_time_and_period(world: Path) -> None:
    def drawn(*more: str) -> Any:
        return answers(casetrail("audit", "draw", world, "--files", "40", "--by", "agency", "--json", *more))

    one, other = drawn("--seed", "1"), drawn("--seed", "2")
    files_of = [{row["file"] for row in rows(found["audit.draw.worklist"])} for found in (one, other)]
    assert files_of[0] != files_of[1]
    quarters = drawn("--periods", "quarter")
    assert all(re.fullmatch(r"\d{4} Q[1-4]", row["period"]) for row in rows(quarters["audit.draw"]))
    early = rows(drawn("--until", "2019-09-30")["audit.draw"])
    assert sum(row["size"] for row in early) < sum(row["size"] for row in rows(one["audit.draw"]))
    each = rows(drawn("--each")["audit.draw"])
    assert all(row["drawn"] == min(40, row["size"]) for row in each)


@pytest.mark.parametrize("since", [None, date(2019, 9, 1)])
def test_the_frame_is_that_of_each_person_s_spells_one_by_one(world: Path, since: date | None) -> None:
    """The plain twin of the relation: spells of one person after the other, added up in Python."""
    with followed(parse(world, today=TODAY)) as (trail, _):
        frame = audit_frame(trail, FrameAsked(by="agency", since=since))
        edge = 0 if since is None else end_of_day_us(since - timedelta(days=1), "Europe/London") + 1
        wanted = {}
        for number, key in with_persons(trail).persons.items():
            held: dict[str, int] = {}
            for spell in trail.query("spells_of_person", person_no=number).rows():
                first, last = max(int(str(spell["from_us"])), edge), int(str(spell["to_us"]))
                kept = since is None or last > edge
                if spell["level"] == "agency" and spell["kind"] == "held" and kept:
                    held[str(spell["holder"])] = held.get(str(spell["holder"]), 0) + last - first
            if held:
                wanted[key] = min(held, key=lambda body: (-held[body], body))
    assert dict(zip(frame.keys, frame.bodies, strict=True)) == wanted
    assert len(wanted) > 100


def test_a_team_held_for_longest_is_whose_file_it_is(tmp_path: Path) -> None:
    """C-1 is with duty throughout; C-2 is with duty for 28 days and closed by long term, who hold for a moment."""
    found = answers(casetrail("audit", "draw", with_file(tmp_path, GOOD), "--files", "2", "--json"))
    assert [(row["body"], row["size"], row["drawn"]) for row in rows(found["audit.draw"])] == [("duty", 2, 2)]


def test_ratings_are_read_and_no_rater_is_named(files: tuple[Path, Path], tmp_path: Path) -> None:
    path = spoilt(
        files[0],
        tmp_path,
        "Team 00,F0,A. Smith,adequate,2.5",
        "Team 00,F90,A. Smith,excellent-secret,2.5",
        "Team 00,F91,,adequate,2.5",
        "Team 00,F92,B. Jones,,2.5",
        "Team 00,F93,B. Jones,adequate,none",
        "Team 00,F1,C. Brown,adequate,9",
        ",F94,B. Jones,adequate,2.5",
        "Team 00,F95",
    )
    said = casetrail("audit", "read", path, "--origin", "made-up")
    assert said.code == 0, said.err
    for secret in ("Smith", "Jones", "Brown", "secret", "F90", "F91"):
        assert secret not in said.all
    found = answers(casetrail("audit", "read", path, "--origin", "made-up", "--json"))
    kept = rows(found["audit.ratings.rows"])
    assert kept[-1]["rows"] == 60 * 16 + 8 == sum(row["rows"] for row in kept[:-1])
    assert kept[0]["rows"] == 60 * 16
    assert all(re.fullmatch(r"line \d+", row["places"]) for row in kept[1:-1])
    agreement = by(found["audit.ratings.agreement"], "what")
    assert agreement["same grade"]["files"] == 240
    assert 0.5 < agreement["Cohen's kappa"]["value"] < 1
    shares = rows(found["audit.ratings.shares"])
    assert len(shares) == 60
    assert all(row["files"] == 12 for row in shares)


def test_the_indicator_beside_the_ratings(files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "pack"
    said = casetrail("audit", "beside", *files, "--origin", "made-up", "--json", "--out", out)
    found = answers(said)
    jsonschema.validate(said.json, schema())
    assert said.json["schema"] == "casetrail/audit-beside/1"
    estimate = found["audit.beside.correlation"]["estimate"]
    assert 0 < estimate["low"] <= 0.9 <= estimate["high"] <= 1
    assert len(rows(found["audit.beside.units"])) == 60
    assert (out / "index.html").is_file()
    turned = answers(casetrail("audit", "beside", *files, "--origin", "made-up", "--json", "--lower-is-better"))
    assert turned["audit.beside.correlation"]["estimate"]["value"] == pytest.approx(-estimate["value"], abs=1e-6)


def test_several_periods_take_the_difference_from_year_to_year_away(files: tuple[Path, Path], tmp_path: Path) -> None:
    both = tmp_path / "two-years.csv"
    with files[1].open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    with both.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unit", "period", "numerator", "denominator"])
        for at, row in enumerate(listed):
            cases, good = int(row["Denominator"]), int(row["Numerator"])
            moved = min(cases, round(good * (1.1 if at % 2 else 0.9)))
            writer.writerows([[row["Unit"], "2023", good, cases], [row["Unit"], "2024", moved, cases]])
    found = answers(casetrail("audit", "beside", files[0], both, "--origin", "made-up", "--json"))
    assert not any("One period only" in caveat for caveat in found["audit.beside.correlation"]["caveats"])
    assert rows(found["audit.beside.rows"])[-1]["rows"] == 120


@pytest.mark.parametrize(
    "verb", [("files", "--size", "30", "--team", "120"), ("lqas", "--good", "0.8", "--poor", "0.5")]
)
def test_what_needs_no_records(verb: tuple[str, ...], tmp_path: Path) -> None:
    said = casetrail("audit", *verb, "--json", "--out", tmp_path / "pack")
    jsonschema.validate(said.json, schema())
    assert said.json["schema"] == f"casetrail/audit-{verb[0]}/1"
    assert said.json["answers"]
    assert (tmp_path / "pack" / "index.html").is_file()
    assert casetrail("audit", *verb).code == 0


@pytest.mark.parametrize(
    "wrong",
    [
        (2, ("lqas", "--good", "0.5", "--poor", "0.7"), "below"),
        (2, ("lqas", "--alpha", "0"), "between"),
        (2, ("files", "--size", "0"), "size"),
        (2, ("draw", "x.toml", "--by", "worker"), "worker"),
        (2, ("read", "{ratings}", "--column", "nonsense"), "USE=NAME"),
        (3, ("draw", "none.toml"), ""),
        (4, ("read", "none.csv", "--origin", "made-up"), "no such file"),
        (4, ("read", "{ratings}", "--origin", "made-up", "--column", "unit=Area"), "not found"),
        (4, ("read", "{ratings}", "--origin", "made-up", "--grades", "good"), "scale"),
        (4, ("read", "{ratings}", "--origin", "made-up", "--adequate", "inadequate"), "adequate"),
        (4, ("beside", "{ratings}", "{ratings}", "--origin", "made-up"), "numerator"),
        (5, ("read", "{ratings}"), "why they may be used"),
        (5, ("beside", "{ratings}", "{ratings}"), "why they may be used"),
    ],
)
def test_wrong_use_and_its_exit_code(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: tuple[int, tuple[str, ...], str]
) -> None:
    code, arguments, word = wrong
    monkeypatch.chdir(tmp_path)
    said = casetrail("audit", *(part.format(ratings=files[0]) for part in arguments))
    assert said.code == code, said.all
    assert said.out == ""
    assert word in re.sub(r"[\s│]+", " ", said.err)
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_real_ratings_need_a_reason_and_their_pack_stays_in_the_house(files: tuple[Path, Path], tmp_path: Path) -> None:
    inquiry = with_file(tmp_path, GOOD)
    why = 'purpose = "audit"\ncontrollers = ["council"]\nlawful_basis = "task"\nretain_until = 2099-01-01\n'
    inquiry.write_text(inquiry.read_text(encoding="utf-8") + f"\n[protection]\n{why}", encoding="utf-8")
    out = tmp_path / "ratings-pack"
    said = casetrail("audit", "read", files[0], "--inquiry", inquiry, "--out", out)
    assert said.code == 0, said.err
    assert "Internal, not for release" in said.out
    assert "Internal, not for release" in (out / "index.html").read_text(encoding="utf-8")
    assert casetrail("purge", "--yes", inquiry).code == 0
    assert not (out / "index.html").exists()
    over = inquiry.read_text(encoding="utf-8").replace("2099-01-01", "2001-01-01")
    inquiry.write_text(over, encoding="utf-8")
    assert casetrail("audit", "read", files[0], "--inquiry", inquiry).code == 5


def test_a_table_of_workers_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "workers.csv"
    path.write_text(files[0].read_text(encoding="utf-8").replace("unit,", "Social worker,", 1), encoding="utf-8")
    said = casetrail("audit", "read", path, "--origin", "made-up", "--column", "unit=Social worker")
    assert said.code == 4
    assert "lists no worker" in said.err


def test_grades_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("unit,file,rater,grade\nA,1,x,Good\nA,1,y,outstanding\nA,2,x,inadequate\n", encoding="utf-8")
    found = read_ratings(SheetAsked(path=path, origin=Origin.MADE_UP, columns={}), Scale(adequate="good"))
    assert found.grades == ("inadequate", "requires improvement", "good", "outstanding")
    assert found.ratings.score.tolist() == [2, 3, 0]
    assert found.scored.score.tolist() == [1, 1, 0]
    assert found.ratings.rater.tolist() == [0, 1, 0]
    path.write_text("unit,file,rater,grade\nA,1,x,4\nA,1,y,2.0\nA,2,x,1\n", encoding="utf-8")
    found = read_ratings(SheetAsked(path=path, origin=Origin.MADE_UP, columns={}), Scale())
    assert (found.grades, found.adequate) == (("1", "2", "3", "4"), None)
    path.write_text("unit,file,rater,grade\nA,1,x,nice\nA,1,y,nasty\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_ratings(SheetAsked(path=path, origin=Origin.MADE_UP, columns={}), Scale())
    assert "nice" not in str(raised.value) and "nasty" not in str(raised.value)


def test_every_figure_can_be_asked_again(files: tuple[Path, Path], world: Path) -> None:
    said = {
        (): casetrail("audit", "files", "--size", "12", "--json"),
        files[:1]: casetrail("audit", "read", files[0], "--origin", "made-up", "--json"),
        files: casetrail("audit", "beside", *files, "--origin", "made-up", "--json"),
    }
    for named, one in said.items():
        for answer in answers(one).values():
            came = answer["provenance"]
            again = audit_again(came["question"], came["parameters"], answer["id"], files=tuple(named))
            assert again.sentence == answer["sentence"]
    asked = answers(casetrail("audit", "draw", world, "--files", "30", "--by", "agency", "--json"))["audit.draw"]
    came = asked["provenance"]
    inquiry = parse(world, today=TODAY)
    again = audit_again(came["question"], came["parameters"], "audit.draw", inquiry=inquiry)
    assert dict(again.provenance.parameters)["frame"] == came["parameters"]["frame"]
    with pytest.raises(InputError, match="inquiry"):
        audit_again(came["question"], came["parameters"], "audit.draw")
    with pytest.raises(UnknownNameError):
        audit_again("audit.files", {"size": 30, "team": None}, "audit.nonsense")
