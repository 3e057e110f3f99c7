"""The manual cannot lag behind the code."""

from __future__ import annotations

import doctest
import re
import runpy
import sys
from pathlib import Path

import pytest

import casetrail.inquiry.parse  # noqa: F401  puts the parser among sys.modules, where its settings are looked up
from casetrail import errors
from casetrail.cli.app import app
from casetrail.schema.events import EVENT, INVOLVEMENT

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("page", sorted(p.name for p in DOCS.glob("*.md")))
def test_every_example_of_a_page_runs(page: str) -> None:
    failed, _ = doctest.testfile(str(DOCS / page), module_relative=False, encoding="utf-8")
    assert failed == 0


def test_every_verb_has_its_heading() -> None:
    text = (DOCS / "verbs.md").read_text(encoding="utf-8")
    verbs = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    headings = set(re.findall(r"^## (\S+)$", text, re.MULTILINE))
    groups = {group.name or group.typer_instance.info.name for group in app.registered_groups if group.typer_instance}
    assert verbs <= headings <= verbs | groups


def test_every_exit_code_is_in_the_manual() -> None:
    text = (DOCS / "verbs.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| (\d+) \| `(\w+)` \|", text, re.MULTILINE))
    classes = {
        (str(kind.exit_code), name)
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.CasetrailError)
    }
    assert classes == rows


def test_exit_codes_differ() -> None:
    codes = [kind.exit_code for kind in errors.CasetrailError.__subclasses__()]
    assert len(codes) == len(set(codes))


def test_every_setting_is_in_the_manual() -> None:
    module = sys.modules["casetrail.inquiry.parse"]
    text = (DOCS / "inquiry-file.md").read_text(encoding="utf-8")
    for setting in (*module._SOURCE_KEYS, *module._INQUIRY_KEYS):
        assert f"`{setting}`" in text, setting
    times = {"at_us": "at", "end_us": "end", "recorded_us": "recorded", "from_us": "from", "to_us": "to"}
    made_by_us = {"row_no", "source", "source_place", "precision", "rank"}
    for column in {*EVENT.names, *INVOLVEMENT.names} - made_by_us:
        assert f"`{times.get(column, column)}`" in text, column


def test_the_page_of_measures_is_written_from_the_relations_of_today() -> None:
    namespace = runpy.run_path(str(DOCS / "make_measures.py"))
    assert (DOCS / "measures.md").read_text(encoding="utf-8") == namespace["text"]()


def test_the_page_of_local_extracts_is_written_from_the_forms_of_today() -> None:
    namespace = runpy.run_path(str(DOCS / "make_local_extracts.py"))
    assert (DOCS / "local-extracts.md").read_text(encoding="utf-8") == namespace["text"]()


def test_readme_names_every_room() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = {p.name for p in (ROOT / "src" / "casetrail").iterdir() if p.is_dir() and p.name != "__pycache__"}
    for room in rooms:
        assert f"`{room}/`" in text, room
