"""Bank holidays against the lists that the government published, and against the law for one-off days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from casetrail.errors import StatuteError
from casetrail.statute import Nation, calendar

EW, SC, NI = Nation.ENGLAND_AND_WALES, Nation.SCOTLAND, Nation.NORTHERN_IRELAND

# The lists of gov.uk/bank-holidays, as kept in its source: alphagov/calendars (commit 1ce47d4, 2012-2018),
# alphagov/frontend (commit 0d66bf1, 2019-2021), alphagov/signon (commit 6e42372, Northern Ireland).
# Each gives working days only: a substitute day, not the weekend day that it stands for.
GOV_UK = {
    (EW, 2012): "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26",
    (EW, 2013): "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    (EW, 2014): "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    (EW, 2015): "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    (EW, 2016): "01-01 03-25 03-28 05-02 05-30 08-29 12-26 12-27",
    (EW, 2017): "01-02 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    (EW, 2018): "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
    (EW, 2019): "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
    (EW, 2020): "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    (EW, 2021): "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    (SC, 2012): "01-02 01-03 04-06 05-07 06-04 06-05 08-06 11-30 12-25 12-26",
    (SC, 2013): "01-01 01-02 03-29 05-06 05-27 08-05 12-02 12-25 12-26",
    (SC, 2017): "01-02 01-03 04-14 05-01 05-29 08-07 11-30 12-25 12-26",
    (SC, 2018): "01-01 01-02 03-30 05-07 05-28 08-06 11-30 12-25 12-26",
    (NI, 2012): "01-02 03-19 04-06 04-09 05-07 06-04 06-05 07-12 08-27 12-25 12-26",
    (NI, 2013): "01-01 03-18 03-29 04-01 05-06 05-27 07-12 08-26 12-25 12-26",
}


def on_weekdays(nation: Nation, year: int) -> set[date]:
    days = (d.item() for d in calendar(nation).holidays)
    return {d for d in days if d.year == year and d.weekday() < 5}


@pytest.mark.parametrize(("nation", "year"), GOV_UK)
def test_the_year_is_the_list_of_gov_uk(nation: Nation, year: int) -> None:
    expected = {date.fromisoformat(f"{year}-{day}") for day in GOV_UK[nation, year].split()}
    assert expected == on_weekdays(nation, year)


@pytest.mark.parametrize("nation", Nation)
@pytest.mark.parametrize(
    ("kept", "not_kept"),
    [
        # By royal proclamation under section 1 of the Banking and Financial Dealings Act 1971.
        ("1995-05-08", "1995-05-01"),  # fifty years after the end of the war: early May holiday moved
        ("1999-12-31", None),  # millennium
        ("2002-06-03", "2002-05-27"),  # golden jubilee; spring holiday moved to 4 June
        ("2002-06-04", None),
        ("2011-04-29", None),  # royal wedding
        ("2012-06-04", "2012-05-28"),  # spring holiday moved
        ("2012-06-05", None),  # diamond jubilee
        ("2020-05-08", "2020-05-04"),  # early May holiday moved
        ("2022-06-02", "2022-05-30"),  # spring holiday moved
        ("2022-06-03", None),  # platinum jubilee
        ("2022-09-19", None),  # state funeral
        ("2023-05-08", None),  # coronation
    ],
)
def test_one_off_holidays_are_kept_in_every_nation(nation: Nation, kept: str, not_kept: str | None) -> None:
    holidays = calendar(nation).holidays
    assert np.datetime64(kept) in holidays
    assert not_kept is None or np.datetime64(not_kept) not in holidays


@pytest.mark.parametrize(
    ("day", "keeping"),
    [
        ("2007-01-02", {SC}),  # 1971 Act, schedule 1, paragraph 2
        ("2007-11-30", {SC}),  # St Andrew's Day Bank Holiday (Scotland) Act 2007
        ("2006-11-30", set()),  # a year before that Act; the library has it
        ("2007-03-17", {NI}),  # 1971 Act, schedule 1, paragraph 3 (a Saturday, so 19 March as well)
        ("2007-03-19", {NI}),
        ("2007-07-12", {NI}),  # proclaimed each year
        ("2007-04-09", {EW, NI}),  # Easter Monday is none in Scotland
        ("2007-08-06", {SC}),  # first Monday in August
        ("2007-08-27", {EW, NI}),  # last Monday in August
    ],
)
def test_nations_differ(day: str, keeping: set[Nation]) -> None:
    assert keeping == {n for n in Nation if np.datetime64(day) in calendar(n).holidays}


def test_st_andrews_day_is_no_holiday_before_2007() -> None:
    years = {d.item().year for d in calendar(SC).holidays if d.item().month == 11}
    assert min(years) == 2007


def test_a_calendar_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        calendar(EW).holidays[0] = np.datetime64("2000-01-03")


@pytest.mark.parametrize("day", ["1989-12-31", "2028-01-01"])
def test_a_year_that_is_not_known_is_refused(day: str) -> None:
    with pytest.raises(StatuteError, match="from 1990 to 2027 only; 1 of 2") as caught:
        calendar(EW).check(np.array(["2007-03-01", day], dtype="datetime64[D]"))
    assert caught.value.code == "year_not_known"


def test_an_unknown_date_is_refused_not_counted() -> None:
    with pytest.raises(StatuteError, match="unknown"):
        calendar(EW).check(np.array(["NaT"], dtype="datetime64[D]"))
