"""The document: a record of processing (Article 30) and an assessment of impact (Article 35 of the UK GDPR)."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib import resources
from importlib.metadata import version

from casetrail.figures import Origin
from casetrail.inquiry.protection.document import Document, Part, Rows
from casetrail.inquiry.protection.facts import Facts, SourceFacts
from casetrail.inquiry.protection.kinds import IDENTITY_WORDS, becomes, is_narrative, is_special, kind_of, other_of
from casetrail.publish.envelope import INTERNAL
from casetrail.publish.protect import LEAST_PERSONS

_NOT_SAID = "not said in the inquiry"

# There where an inquiry sets a submission beside its sources.
_LISTED = (("rows that differ from a submission", "reconciled-*.csv", "open text with pseudonyms, days and places"),)


def protection_document(facts: Facts, *, today: date) -> Document:
    """The record and the assessment, with a question wherever only people can answer. `today` is the day of writing."""
    inquiry = facts.inquiry
    return Document(
        title=f"Record of processing and impact assessment: {inquiry.title}",
        stamp=INTERNAL,
        lines=(
            f"Written by casetrail {version('casetrail')} on {today.isoformat()} from {inquiry.path.name} and its "
            f"{len(facts.sources)} sources. It is a draft: it says what the inquiry declares and what the code does, "
            "and it is not complete until each question is answered and somebody who may do so has signed it.",
            *_made_up(facts),
        ),
        parts=(
            Part(heading="Record of processing activities (Article 30)", level=2),
            *_record(facts),
            Part(heading="Data protection impact assessment (Article 35)", level=2),
            *_assessment(facts),
        ),
    )


def _made_up(facts: Facts) -> tuple[str, ...]:
    made_up = [s.spec.name for s in facts.sources if s.spec.origin is Origin.MADE_UP]
    if not made_up:
        return ()
    if len(made_up) == len(facts.sources):
        return ("All sources are declared made-up: nobody in them exists, and this document is an exercise.",)
    return (f"Declared made-up, so that nobody in them exists: {', '.join(made_up)}.",)


def _record(facts: Facts) -> tuple[Part, ...]:
    inquiry, about = facts.inquiry, facts.inquiry.protection
    return (
        Part(
            heading="Controllers (30(1)(a))",
            said=tuple(about.controllers) if about else (_NOT_SAID,),
            questions=(
                "Contact details of each controller, of its representative, and of its data protection officer:",
                "Where there are joint controllers, which arrangement under Article 26 holds between them?",
            ),
        ),
        Part(
            heading="Purpose and lawful basis (30(1)(b), Article 6)",
            said=(
                f"Purpose: {about.purpose if about else _NOT_SAID}",
                f"Lawful basis: {about.lawful_basis if about else _NOT_SAID}",
            ),
            questions=("If the basis is legitimate interests, where is the balancing test written down?",),
        ),
        Part(
            heading="Categories of persons (30(1)(c))",
            said=("Persons in more than one source are counted in each.",),
            rows=Rows(
                ("Source", "From", "Persons", "Rows in", "Set aside", "Refused as privileged", "Others it speaks of"),
                tuple(_persons(source) for source in facts.sources),
            ),
        ),
        *_categories(facts),
        _recipients(),
        Part(
            heading="Transfers to other countries (30(1)(e))",
            said=("casetrail transfers nothing: it makes no request over a network.",),
            questions=("Is any folder or backup kept in another country, and under which safeguard?",),
        ),
        Part(
            heading="Time limits for erasure (30(1)(f))",
            said=(
                f"Kept until {about.retain_until.isoformat()}; after that day casetrail refuses to read or show."
                if about
                else f"Time to keep: {_NOT_SAID}.",
                f"`casetrail purge {inquiry.path.name}` removes what casetrail wrote. The extracts themselves, copies "
                "and backups are not in its reach.",
            ),
            questions=("Who removes the extracts, copies and backups, and when?",),
        ),
        _security(facts),
    )


def _persons(source: SourceFacts) -> tuple[str, ...]:
    others = [
        *(["workers (codes keyed anew in each run)"] if source.has_workers else []),
        *(["those who reported, as a role"] if _feeds(source, "reported_by_role") else []),
        *(["households (pseudonyms)"] if _feeds(source, "household") else []),
        *_others(source),
    ]
    counts = (source.persons, source.rows_in, source.rows_quarantined, source.privileged)
    return (
        source.spec.name,
        source.agency or source.spec.made_by or _NOT_SAID,
        *(f"{count:,}" for count in counts),
        "; ".join(others) or "none by a column of their own",
    )


def _others(source: SourceFacts) -> list[str]:
    """Those whom columns name beside the person of the row, and whoever may stand in free text."""
    filled = [column for column in source.columns if column.filled]
    told = {other_of(column) for column in filled if "worker" not in column.feeds} - {""}
    return [*sorted(told), *(["whoever is named in free text"] if any(map(is_narrative, filled)) else [])]


def _feeds(source: SourceFacts, ours: str) -> bool:
    return any(ours in column.feeds and column.filled for column in source.columns)


def _categories(facts: Facts) -> tuple[Part, ...]:
    """One table for each source: the columns that hold something, of which kind, and where they go."""
    vault = facts.inquiry.keeps_identities
    parts = []
    for source in facts.sources:
        rows = tuple(
            (
                column.table or source.spec.path.name,
                column.column,
                f"{column.filled:,}",
                kind_of(column, police=source.is_police),
                becomes(column, vault=vault),
            )
            for column in source.columns
            if column.filled
        )
        said = [f"Form: {source.form}." if source.form else "Read by a mapping of the inquiry's own."]
        said.append(
            "Only columns with content are listed; the kind is by the form, the mapping or, as a guess, the heading."
        )
        if source.unread:
            said.append(f"{len(source.unread)} columns of the file are not read: {', '.join(source.unread)}.")
        parts.append(
            Part(
                heading=f"Categories of data (30(1)(c)): {source.spec.name}",
                said=tuple(said),
                rows=Rows(("Table", "Column", "Cells", "Kind", "What becomes of it"), rows),
                questions=("Is each of these columns needed for the purpose? Which could be left out of the extract?",),
            )
        )
    return tuple(parts)


def _recipients() -> Part:
    return Part(
        heading="Recipients (30(1)(d))",
        said=("casetrail sends nothing to anybody. What it makes, and for whom:",),
        rows=Rows(
            ("Output", "What is in it", "Made for"),
            (
                (
                    "evidence pack",
                    f"counts and times; counts of fewer than {LEAST_PERSONS} persons withheld; stamped "
                    f"'{INTERNAL}' where made from real personal records",
                    "those inside the controllers",
                ),
                (
                    "follow, demand and other tables",
                    "counts and times, nothing withheld; stamped as internal",
                    "analysts",
                ),
                (
                    "show",
                    "one person's trail under a pseudonym; a reason is asked for real persons",
                    "who has the reason",
                ),
                ("vault show", "the same, with names and dates of birth", "who has the key and the reason"),
                (
                    "quarantine as a workbook",
                    "the original rows set aside, names too; stamped",
                    "who mends the extract",
                ),
                ("quarantine and findings", "places and codes of rows set aside", "who mends the extract"),
            ),
        ),
        questions=("Who gets each of these, by name or post, and under which agreement?",),
    )


def _security(facts: Facts) -> Part:
    inquiry = facts.inquiry
    vault = (
        f"encrypted (age, X25519) for {len(inquiry.vault.recipients)} public keys"
        if inquiry.vault and inquiry.keeps_identities
        else "none: identities are not kept"
    )
    return Part(
        heading="Security (30(1)(g), Article 32)",
        said=(f"All of it lies in the work folder '{inquiry.work.name}'; a pack in '{inquiry.out.name}'.",),
        rows=Rows(
            ("What", "Where", "How it is protected"),
            (
                ("events and involvements", "snapshots", "keyed pseudonyms; not encrypted by casetrail"),
                ("key of the pseudonyms", "vault/pseudonym.key", "a file closed to other users; not encrypted"),
                ("who persons are", "vault", vault),
                ("who looked", "views.jsonl", "open text with pseudonyms; not sealed against change"),
                (
                    "original rows set aside, and how some were mended",
                    "vault/quarantine.sealed, vault/mended.sealed",
                    "encrypted under a key that comes from the key of the pseudonyms, which lies beside them; no row "
                    "known to be legally privileged",
                ),
                (
                    "counts and places of rows set aside",
                    "sources.json, quarantine.csv, findings.csv",
                    "places and codes, no value",
                ),
                *_LISTED * bool(inquiry.reconciles),
            ),
        ),
        questions=(
            "Is the disc encrypted, who has an account on the machine, and how are they trained?",
            "Who answers for a breach, and who reports it within 72 hours (Article 33)?",
        ),
    )


def _assessment(facts: Facts) -> tuple[Part, ...]:
    about = facts.inquiry.protection
    kinds = sorted({IDENTITY_WORDS[c.identity] for s in facts.sources for c in s.columns if c.filled and c.identity})
    columns = [(c, s.is_police) for s in facts.sources for c in s.columns if c.filled]
    special = sorted({kind_of(c, police=police) for c, police in columns if is_special(c, police=police)})
    others = sorted({who for s in facts.sources for who in _others(s)})
    return (
        Part(
            heading="Why an assessment (35(1), 35(3))",
            said=(
                f"Of who persons are, the sources hold: {', '.join(kinds) or 'nothing by a column of its own'}.",
                f"Of other persons: {', '.join(others) or 'none by a column of its own'}.",
                "By their headings, these may be special categories or criminal offences: "
                f"{', '.join(special) or 'none seen'}.",
                f"Records of {len({s.agency for s in facts.sources})} agencies are put together.",
            ),
            questions=("What did the data protection officer advise (35(2))?",),
        ),
        Part(
            heading="Description of the processing (35(7)(a))",
            said=(
                "Extracts of agencies are read as they are; rows that cannot be used are set aside; identifiers become "
                "keyed pseudonyms; events of a person are put in order, and waits, hand-offs and holders are measured; "
                "tables and pages are written.",
                f"Purpose: {about.purpose if about else _NOT_SAID}",
            ),
        ),
        Part(
            heading="Necessity and proportionality (35(7)(b))",
            questions=(
                "Why can the purpose not be met with fewer persons, columns or years, or with published figures?",
                "Were those concerned told (Article 14), or which exemption holds?",
                "Were they, or those who speak for them, asked for their views (35(9))? If not, why not?",
            ),
        ),
        Part(
            heading="Risks and measures (35(7)(c), 35(7)(d))",
            rows=Rows(("Risk", "What casetrail does", "What is left to people"), _risks(facts)),
            questions=(
                "For each risk: how likely, how severe, who answers for what is left, and by when?",
                "Does a high risk remain, so that the Information Commissioner must be consulted first (Article 36)?",
            ),
        ),
        Part(
            heading="Decision and review (35(11))",
            questions=("Signed for the controllers, name, post and day:", "To be reviewed on, or when this changes:"),
        ),
    )


def _risks(facts: Facts) -> tuple[tuple[str, ...], ...]:
    text = (resources.files("casetrail.inquiry.protection") / "risks.toml").read_text(encoding="utf-8")
    holds = _holding(facts)
    return tuple((r["name"], r["measure"], r["left"]) for r in tomllib.loads(text)["risk"] if r["when"] in holds)


def _holding(facts: Facts) -> frozenset[str]:
    columns = [column for source in facts.sources for column in source.columns if column.filled]
    vault = facts.inquiry.keeps_identities
    open_text = ("outcome", "severity", "closing_code", "case_type", "state", "activity", "reason_end", "passed_to")
    conditions = {
        "always": True,
        "vault": vault,
        "no-vault": not vault,
        "personal": facts.inquiry.is_personal,
        "special": any(is_special(c, police=s.is_police) for s in facts.sources for c in s.columns if c.filled),
        "workers": any(source.has_workers for source in facts.sources),
        "open-text": any(ours in open_text for column in columns for ours in column.feeds),
        "several": len(facts.sources) > 1,
    }
    return frozenset(name for name, true in conditions.items() if true)
