"""The [demand] table of an inquiry file: which lists to count from the trail, and what counts."""

from __future__ import annotations

from casetrail.demand.from_trail.wanted import Counting, ListOf, Wanted
from casetrail.errors import InquiryError
from casetrail.inquiry.demand_links import links_asked
from casetrail.inquiry.model import DemandAsked
from casetrail.inquiry.toml_reader import Section

_KEYS = (
    "from", "to", "lists", "list", "activities", "words", "outcomes", "severities", "severity_from", "many",
    "passed_within_days", "linkage", "repeats",
)  # fmt: skip


def demand_asked(table: Section) -> DemandAsked:
    """What the table asks for; without one, a list for each agency. Raises InquiryError."""
    table.only(_KEYS)
    since, until = table.maybe_day("from"), table.maybe_day("to")
    if since is not None and until is not None and since > until:
        raise InquiryError(
            "'from' is after 'to'.", where=table.place, todo="Swap them, or correct the one that is wrong."
        )
    within = table.number("passed_within_days", -1) if "passed_within_days" in table.values else None
    if within is not None and within < 0:
        raise InquiryError(
            "passed_within_days must be 0 or more.",
            where=table.place,
            todo="Write 90, or leave it out.",
            code="wrong_type",
        )
    many = table.choice("many", ("merge", "leave-out"), "merge")
    wanted = Wanted(
        lists=_lists(table),
        counting=Counting(
            activities=table.texts("activities"),
            words=table.texts("words"),
            outcomes=table.texts("outcomes"),
            severities=table.texts("severities"),
            severity_from=_decimal(table, "severity_from"),
        ),
        many="merge" if many == "merge" else "leave-out",
        passed_within_days=within,
    )
    return DemandAsked(
        wanted=wanted,
        since=since,
        until=until,
        links=links_asked(table.table("linkage")),
        repeats=_yes(table, "repeats"),
    )


def _yes(table: Section, key: str) -> bool:
    value = table.values.get(key, False)
    if not isinstance(value, bool):
        raise InquiryError(
            f"The setting '{key}' must be true or false.", where=table.place, todo="Write true.", code="wrong_type"
        )
    return value


def _lists(table: Section) -> dict[str, ListOf]:
    """Lists by name: in short (`lists`: name = agencies), and those that say more ([[demand.list]])."""
    short = table.table("lists")
    found: dict[str, ListOf] = {}
    for name in short.values:
        _add(found, name, ListOf(agencies=short.texts(name)), short)
    for one in table.tables("list"):
        one.only(("name", "agencies", "activities", "sources"))
        parts = {key: one.texts(key) for key in ("agencies", "activities", "sources")}
        _add(found, one.text("name"), ListOf(**parts), one)
    return found


def _add(found: dict[str, ListOf], name: str, made: ListOf, table: Section) -> None:
    if not name.strip() or name in found:
        raise InquiryError(
            "A list has no name, or the name of another.",
            where=table.place,
            todo="Give each list a name of its own.",
            code="same_name",
        )
    if not (made.agencies or made.activities or made.sources):
        raise InquiryError(
            "A list names no agency, activity or source.",
            where=table.place,
            todo='Say which agencies are on it: agencies = ["hospital"].',
            code="missing",
        )
    found[name] = made


def _decimal(table: Section, key: str) -> float | None:
    value = table.values.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124  NaN
        raise InquiryError(
            f"The setting '{key}' must be a number.", where=table.place, todo="Write 2 or 2.5.", code="wrong_type"
        )
    return float(value)
