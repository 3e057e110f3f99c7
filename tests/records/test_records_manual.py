"""The page on formats names every quarantine code and every error code of this room."""

from __future__ import annotations

import re
from pathlib import Path

from casetrail.records import form_names
from casetrail.records.faults import CODES, MESSAGES
from casetrail.records.returns import form, form_years
from casetrail.records.returns.findings import OF_RETURNS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
VAULT = (ROOT / "docs" / "vault.md").read_text(encoding="utf-8")


def test_every_quarantine_code_has_its_row():
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)
    assert set(CODES) <= set(rows)
    assert len(rows) == len(set(rows))


def test_every_error_code_has_its_row():
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/casetrail/records").rglob("*.py"))
    codes = set(re.findall(r'code="(\w+)"', source))
    assert {"empty_file", "wrong_delimiter", "xml_doctype"} <= codes
    rows = set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE))
    of_vault = {code for code in codes if f"`{code}`" in VAULT}
    assert codes - set(CODES) - set(OF_RETURNS) - of_vault <= rows
    # Some codes are handed to a function that makes the error.
    assert {code for code in rows - codes - set(CODES) if f'"{code}"' not in source} == set()


def test_every_code_of_a_return_has_its_row():
    page = (ROOT / "docs" / "returns.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE))
    forms = [form(name, year) for name in form_names() for year in form_years(name)]
    of_rules = {rule.code for about in forms for table in about.tables.values() for rule in table.rules}
    assert set(OF_RETURNS) | of_rules == rows - set(form_names())
    local = (ROOT / "docs" / "local-extracts.md").read_text(encoding="utf-8")
    for name in form_names():
        assert f"`{name}`" in page or name in local


def test_messages_are_plain_sentences():
    for message in {**MESSAGES, **OF_RETURNS}.values():
        assert message[0].isupper()
        assert message.endswith(".")
