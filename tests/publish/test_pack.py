"""A pack is whole, the same every time, and says what it is."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import html

from casetrail.errors import InputError, OutputError
from casetrail.figures import Answer, Chart, Column, Origin, Suppressed, Table
from casetrail.publish import Release, csv_text, envelope, publish, schema, verify_pack

from . import sample


def write(answers: list[Answer], folder: Path, **more: Any) -> Release:
    return publish(answers, folder, **({"title": "A pack", "version": "0.1.0", "as_of": "2011-03-31"} | more))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return write(sample.pack(), tmp_path_factory.mktemp("whole") / "pack", lede=sample.NASTY, title=sample.NASTY)


def test_the_pack_is_whole_and_small(release: Release) -> None:
    assert verify_pack(release.folder).whole
    assert release.html_bytes <= 400_000
    assert release.html_bytes == (release.folder / "index.html").stat().st_size
    assert set(release.files) == {p.relative_to(release.folder).as_posix() for p in release.folder.rglob("*.*")}
    tables = [a.id for a in sample.pack() if isinstance(a.body, Table)]
    assert {f"csv/{i}.csv" for i in tables} == {n for n in release.files if n.startswith("csv/")}
    assert release.withheld_cells == 4  # three of the small row, one that the publisher withheld


def test_the_same_answers_give_the_same_bytes(release: Release, tmp_path: Path) -> None:
    again = write(sample.pack(), tmp_path / "other-name", lede=sample.NASTY, title=sample.NASTY)
    assert release.zip_path.read_bytes() == again.zip_path.read_bytes()


def test_the_zip_holds_the_folder(release: Release) -> None:
    with zipfile.ZipFile(release.zip_path) as opened:
        names = opened.namelist()
        assert sorted(names) == names
        for name in names:
            assert opened.read(name) == (release.folder / name.removeprefix("evidence-pack/")).read_bytes()


def test_json_keeps_to_its_schemas(release: Release) -> None:
    for name in ("envelope", "provenance"):
        jsonschema.Draft202012Validator.check_schema(schema(name))
    answers = json.loads((release.folder / "answers.json").read_text(encoding="utf-8"))
    provenance = json.loads((release.folder / "provenance.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema()).validate(answers)
    jsonschema.Draft202012Validator(schema("provenance")).validate(provenance)
    assert {"estimate", "range", "refusal", "table"} == {a["kind"] for a in answers["answers"]}
    assert answers["origin"] == "mixed"


@pytest.mark.parametrize("verb", ["compare", "verify-pack"])
def test_the_envelope_serves_every_verb(verb: str) -> None:
    made = envelope(verb, Origin.MADE_UP, sample.estimates())
    jsonschema.Draft202012Validator(schema()).validate(made)
    assert f"casetrail/{verb}/1" == made["schema"]


def test_a_wrong_kind_does_not_keep_to_the_schema() -> None:
    made = envelope("compare", Origin.MADE_UP, sample.estimates()[:1])
    made["answers"][0]["kind"] = "table"
    assert not jsonschema.Draft202012Validator(schema()).is_valid(made)


def test_what_is_not_a_number_is_null() -> None:
    table = Table((Column("a", "A", "number"),), ((float("nan"),), (float("inf"),), (None,), (Suppressed("r"),)))
    made = envelope("x", Origin.MADE_UP, [sample.answer("a", table)])
    assert made["answers"][0]["table"]["rows"] == [[None], [None], [None], [{"withheld": "r"}]]


def test_text_is_text_on_the_page(release: Release) -> None:
    text = (release.folder / "index.html").read_text(encoding="utf-8")
    page = html.fromstring(text)
    assert page.xpath("//script | //link | //iframe | //object | //*[@style] | //img | //@onclick") == []
    assert page.xpath("string(//h1)") == sample.NASTY
    assert [u for u in page.xpath("//@href | //@src") if "//" in u] == []
    ids = page.xpath("//@id")
    assert len(set(ids)) == len(ids)


def test_style_is_the_one_that_the_policy_names(release: Release) -> None:
    page = html.fromstring((release.folder / "index.html").read_text(encoding="utf-8"))
    policy = page.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    digest = hashlib.sha256(page.xpath("string(//style)").encode("utf-8")).digest()
    assert f"'sha256-{base64.b64encode(digest).decode('ascii')}'" in policy
    assert policy.startswith("default-src 'none'")


def test_every_section_figure_and_file_says_real_or_made_up(release: Release) -> None:
    page = html.fromstring((release.folder / "index.html").read_text(encoding="utf-8"))
    for place in page.xpath("//header | //section | //article | //figcaption | //caption"):
        assert place.text_content().find("Real") >= 0 or place.text_content().find("Made-up") >= 0
    for name in release.files:
        text = (release.folder / name).read_text(encoding="utf-8")
        assert "Real" in text or "Made-up" in text or '"origin"' in text


def test_the_page_prints_no_withheld_figure(release: Release) -> None:
    for name in release.files:
        assert "88.25" not in (release.folder / name).read_text(encoding="utf-8")
    page = html.fromstring((release.folder / "index.html").read_text(encoding="utf-8"))
    (article,) = page.xpath("//article[@id='fig-trail.teams']")
    rows = [[c.text_content().strip() for c in r.xpath("./th|./td")] for r in article.xpath(".//tbody/tr")]
    assert rows[1] == ["South", "withheld", "withheld", "withheld"]
    assert "1 row is not drawn because a figure is withheld." in article.text_content()
    assert "1 row has an unknown value" in article.text_content()


@pytest.mark.parametrize(
    ("origin", "person_level", "published"),
    [
        (Origin.REAL, False, True),
        (Origin.REAL, True, False),
        (Origin.PUBLIC_PSEUDONYMOUS, True, False),
        (Origin.PUBLIC_PSEUDONYMOUS, False, True),
        (Origin.MADE_UP, True, True),
    ],
)
def test_stamp_and_single_persons(tmp_path: Path, origin: Origin, person_level: bool, published: bool) -> None:
    answer = sample.answer("one", Table((Column("a", "A"),), (("canary",),)), origin, person_level=person_level)
    out = write([answer], tmp_path / "p")
    page = (out.folder / "index.html").read_text(encoding="utf-8")
    stamp = "Internal, not for release" if origin is Origin.REAL else "Release"
    assert out.stamp == stamp
    assert stamp in page
    assert published == ("canary" in page)
    assert published == (not out.withheld_answers)
    assert published == ("csv/one.csv" in out.files)


def test_csv_opens_in_excel_and_runs_nothing() -> None:
    table = Table(
        (Column("a", "=A"), Column("n", "N", "number")),
        (("=1+1", -2.5), (" @x", None), ("-2", Suppressed("r")), ("plain\nline", float("nan"))),
    )
    text = csv_text(table, Origin.MADE_UP)
    assert text.startswith("\ufeff")
    label = "Made-up: nobody in it exists"
    assert [
        ["'=A", "N", "origin"],
        ["'=1+1", "-2.5", label],
        ["' @x", "unknown", label],
        ["'-2", "withheld", label],
        ["plain\nline", "unknown", label],
    ] == list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("bad", ["", "../up", "a/b", "con", "NUL.x", "a" * 101, ".hidden", "a b", "dot."])
def test_an_id_that_cannot_be_a_file_is_refused(tmp_path: Path, bad: str) -> None:
    with pytest.raises(OutputError, match="cannot be a file name"):
        write([replace(sample.bars(), id=bad)], tmp_path / "p")
    assert list(tmp_path.iterdir()) == []


def test_two_ids_that_are_one_on_windows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="same id"):
        write([sample.bars(), replace(sample.bars(), id="TRAIL.HELD")], tmp_path / "p")


@pytest.mark.parametrize(
    "spec",
    [
        {"mark": "bar", "data": {"url": "http://localhost/x.csv"}},
        {"layer": [{"mark": "bar", "data": {"values": [{"a": 1}]}}]},
        {"mark": "image", "encoding": {}},
        {"mark": {"type": "bar", "color": "red"}},
        {"mark": {"type": "bar", "href": "x"}},
        {"mark": "bar", "encoding": {"color": {"value": "#123456"}}},
        {"mark": "rect", "encoding": {"color": {"field": "days", "type": "quantitative"}}},
        {"mark": "nonsense"},
    ],
)
def test_a_chart_outside_the_conventions_is_refused(tmp_path: Path, spec: dict[str, object]) -> None:
    with pytest.raises(OutputError, match=r"[Cc]hart|colour"):
        write([replace(sample.bars(), chart=Chart(spec, "alt"))], tmp_path / "p")
    assert list(tmp_path.iterdir()) == []


def test_a_changed_a_lost_and_an_added_file_are_found(tmp_path: Path) -> None:
    out = write([sample.bars(), sample.timeline()], tmp_path / "p")
    (out.folder / "index.html").write_text("other", encoding="utf-8")
    (out.folder / "csv" / "trail.held.csv").unlink()
    (out.folder / "new.txt").write_text("x", encoding="utf-8")
    found = verify_pack(out.folder)
    assert (found.changed, found.missing, found.extra) == (("index.html",), ("csv/trail.held.csv",), ("new.txt",))
    assert not found.whole


def test_only_a_pack_can_be_verified(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not an evidence pack"):
        verify_pack(tmp_path)
