"""The page on formats names every quarantine code and every error code of this room."""

from __future__ import annotations

import re
from pathlib import Path

from casetrail.records.faults import CODES, MESSAGES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


def test_every_quarantine_code_has_its_row():
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)
    assert set(CODES) <= set(rows)
    assert len(rows) == len(set(rows))


def test_every_error_code_has_its_row():
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/casetrail/records").glob("*.py"))
    codes = set(re.findall(r'code="(\w+)"', source))
    assert {"empty_file", "wrong_delimiter", "xml_doctype"} <= codes
    rows = set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE))
    assert codes - set(CODES) == rows - set(CODES)


def test_messages_are_plain_sentences():
    for message in MESSAGES.values():
        assert message[0].isupper()
        assert message.endswith(".")
