"""Returns of several years: what two of them tell counts once, as the later one has it."""

from __future__ import annotations

from dataclasses import replace

from casetrail.records import told_once

HEAD = (
    "<Message>\n<Header><CollectionDetails><Collection>CIN</Collection><Year>{year}</Year>"
    "<ReferenceDate>{year}-03-31</ReferenceDate></CollectionDetails><Source><LEA>999</LEA></Source></Header>\n"
    "<Children>\n<Child><ChildIdentifiers><LAchildID>A1</LAchildID><GenderCurrent>2</GenderCurrent></ChildIdentifiers>"
    "<ChildCharacteristics><Ethnicity>NOBT</Ethnicity></ChildCharacteristics>\n{cases}</Child></Children></Message>\n"
)
CASE = (
    "<CINdetails><CINreferralDate>{begun}</CINreferralDate><ReferralSource>6</ReferralSource>{closed}{enquiries}"
    "<ReferralNFA>0</ReferralNFA></CINdetails>\n"
)
ENQUIRY = (
    "<Section47><S47ActualStartDate>{day}</S47ActualStartDate>{more}<ICPCnotRequired>{needless}</ICPCnotRequired>"
    "</Section47>"
)


def case(begun, *, closed="", enquiries=""):
    ended = f"<CINclosureDate>{closed}</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure>" if closed else ""
    return CASE.format(begun=begun, closed=ended, enquiries=enquiries)


def read(read_return, tmp_path, year, cases):
    path = tmp_path / f"{year}.xml"
    path.write_text(HEAD.format(year=year, cases=cases), encoding="utf-8")
    return read_return(path, "cin-census")


def told(extract):
    return sorted(row["activity"] for row in extract.events.to_pylist())


def test_a_case_of_two_years_counts_once_with_the_end_that_the_later_one_knows(read_return, tmp_path):
    gone = case("2020-01-01", closed="2020-02-01")
    first = read(read_return, tmp_path, 2021, gone + case("2021-01-04"))
    second = read(read_return, tmp_path, 2022, case("2021-01-04", closed="2021-06-01"))

    before, after = told_once([first, second])

    assert told(before) == ["case closed", "referral received"]
    assert told(after) == ["case closed", "referral received"]
    (held,) = after.involvements.to_pylist()
    assert held["reason_end"] == "services ceased for any other reason"
    assert before.involvements.num_rows == 1
    assert (before.rows_in, before.rows_good) == (first.rows_in, first.rows_good)
    assert before.notes[-1] == (
        "1 event and 1 involvement stand in a later return of the same kind too: each counts once, as the later one "
        "has it."
    )
    assert after is second


def test_two_alike_in_one_return_are_two_things(read_return, tmp_path):
    twice = ENQUIRY.format(day="2021-02-01", more="", needless="0") + ENQUIRY.format(
        day="2021-02-01", more="<DateOfInitialCPC>2021-02-20</DateOfInitialCPC>", needless="0"
    )
    once = ENQUIRY.format(day="2021-02-01", more="", needless="0")
    first = read(read_return, tmp_path, 2021, case("2021-01-04", enquiries=twice))
    second = read(read_return, tmp_path, 2022, case("2021-01-04", enquiries=once))

    before, after = told_once([first, second])

    assert told(before) == ["initial conference held after enquiry", "section 47 enquiry began"]
    assert told(after) == ["referral received", "section 47 enquiry began"]


def test_another_agency_or_numbering_is_another_series(read_return, tmp_path):
    first = read(read_return, tmp_path, 2021, case("2021-01-04"))
    second = read(read_return, tmp_path, 2022, case("2021-01-04"))
    for other in ({"agency": "another council"}, {"person_scheme": "another number"}):
        apart = replace(second, spec=replace(second.spec, **other))
        assert told_once([first, apart]) == (first, apart)
