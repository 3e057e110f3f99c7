"""What a reader of the records would look at to see a scenario's signature."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy import special, stats

from casetrail.statute import Convention, Nation, working_days_between

from .made import Made

WEEK_US = 7 * 86_400_000_000
SERVED = "started_us is not null"
CONTACTS = (
    "select person, incident, at_us, lead(activity) over (partition by person, incident order by at_us) as then_ "
    "from event where agency = 'social care' and activity in ('contact screened', 'referral', 'no further action', "
    "'stepped to early help', 'returned to sender', 'new information on open case') and incident is not null"
)
ASSESSED = """select person, worker, severity, (then_ = 'case closed')::int::double as no_action from (
select *, lead(activity) over (partition by person order by at_us) as then_ from event
where activity in ('assessment completed', 'case closed', 'child in need plan starts', 'child protection plan starts'))
where activity = 'assessment completed' and then_ is not null and worker is not null"""


def acceptance(made: Made, where: str = "true") -> float:
    """Referrals per contact screened, of contacts about children without an open case."""
    return made.one(
        f"select avg((then_ = 'referral')::int) from ({CONTACTS}) where then_ is not null "
        f"and then_ <> 'new information on open case' and then_ <> 'contact screened' and {where}"
    )


def accepted_beyond_need(made: Made, where: str = "true") -> float:
    """Contacts accepted, less those that the severity seen alone would have accepted, in standard errors."""
    rows = made.all(
        f"select c.severity, (then_ = 'referral')::int from ({CONTACTS}) join event c using (person, incident, at_us) "
        "where c.activity = 'contact screened' and then_ is not null "
        f"and then_ not in ('contact screened', 'new information on open case') and {where}"
    )
    seen, accepted = np.array(rows).T
    values = made.run.authorities[0].plan.values
    expected = special.expit(values["screen.base"] + values["screen.seen"] * seen)
    return float((accepted - expected).sum() / np.sqrt((expected * (1.0 - expected)).sum()))


def returned(made: Made) -> float:
    """Returns to the sender per contact."""
    return made.one("select count(*) filter (activity = 'returned to sender') "
                    "/ count(*) filter (activity = 'contact received') from event")  # fmt: skip


def waited(made: Made, node: str = "allocation") -> float:
    """Mean open hours waited by those who were served."""
    return made.one(f"select avg(busy_hours + overtaken_hours) from waits where node = '{node}' and {SERVED}")


def graver_waits_less(made: Made, where: str = "true") -> float:
    """Correlation of severity seen and hours waited for allocation: below zero where the graver go first."""
    return made.one(
        "select corr(severity, busy_hours + overtaken_hours) from waits w join event e on e.person = w.person "
        f"and e.activity = 'case allocated' and e.at_us = w.started_us where w.node = 'allocation' and {where}"
    )


def winter_to_spring(made: Made) -> float:
    """Mean wait for allocation of those who ask from January to March, over that of April to June."""
    mean = (
        "select avg(busy_hours + overtaken_hours) from waits where node = 'allocation' and started_us is not null "
        "and month(make_timestamp(asked_us)) between {} and {}"
    )
    return made.one(mean.format(1, 3)) / made.one(mean.format(4, 6))


def no_action(made: Made) -> float:
    """Cases closed after assessment without further action, per assessment completed."""
    return made.one("select count(*) filter (closing_code = 'no further action after assessment') "
                    "/ count(*) filter (activity = 'assessment completed') from event")  # fmt: skip


def closed_at_review(made: Made) -> float:
    """Closings per review of a child in need."""
    return made.one("select count(*) filter (closing_code = 'plan completed') "
                    "/ count(*) filter (activity = 'child in need review') from event")  # fmt: skip


def finished_at_the_limit(made: Made) -> float:
    """Share of assessments that end on the 44th or 45th working day after referral."""
    rows = made.all(
        "with r as (select person, at_us from event where activity = 'referral'), d as (select person, at_us "
        "from event where activity = 'assessment completed') "
        "select r.at_us, min(d.at_us) from r join d on d.person = r.person and d.at_us >= r.at_us "
        "group by r.person, r.at_us"
    )
    begun, done = (np.array(part, dtype="datetime64[us]").astype("datetime64[D]") for part in zip(*rows, strict=True))
    days = working_days_between(begun, done, nation=Nation.ENGLAND_AND_WALES, convention=Convention.DAY_AFTER_RECEIPT)
    return float(np.mean((days == 44) | (days == 45)))


def acceptance_by_load(made: Made) -> float:
    """Rank correlation of a week's share accepted with its number of contacts, in standard errors.

    Contacts about siblings named with another child are left out (they come several at once, and are milder), and
    those of schools, which come all at once after the holidays.
    """
    counts = np.array(
        made.all(
            f"select count(*), avg((then_ = 'referral')::int) from ({CONTACTS}) where then_ is not null "
            f"and then_ <> 'new information on open case' and incident >> 32 = person and incident not in "
            f"(select incident from event where agency = 'school' and incident is not null) group by at_us // {WEEK_US}"
        )
    )
    number, share = counts[counts[:, 0] > 5].T
    return float(stats.spearmanr(number, share).statistic * np.sqrt(len(number) - 1))


def errors_shared(made: Made, sender: str = "police", activity: str = "notification sent") -> float:
    """Correlation of what the sender and the screener think of an incident, need at the start held constant."""
    rows = np.array(
        made.all(
            "select s.severity, c.severity, p.need_at_start from event s join event c using (person, incident) "
            f"join person p using (person) where s.agency = '{sender}' and s.activity = '{activity}' "
            "and s.severity is not null and c.activity = 'contact screened' "
            "and c.at_us between s.at_us and s.at_us + 14 * 86400000000"
        )
    )
    a, b = (v - np.polyval(np.polyfit(rows[:, 2], v, 1), rows[:, 2]) for v in (rows[:, 0], rows[:, 1]))
    return float(np.corrcoef(a, b)[0, 1])


def unknown_though_harmed(made: Made) -> float:
    """Of children harmed ten times or more untold, the share of whom neither police, school nor health ever heard."""
    return made.one(
        "with h as (select person, count(*) as n from hidden group by person having n >= 10), "
        "k as (select distinct person from event where activity in "
        "('call received', 'concern logged', 'attended emergency department')) "
        "select 1 - count(k.person) / count(*) from h left join k using (person)"
    )


def sent_round(made: Made) -> float:
    """Times that a harassed adult was told it is a matter for another agency, for each adult of the records."""
    return made.one(
        "select count(*) filter (activity = 'matter for another agency') / count(distinct person) from event "
        "join person using (person) where adult_at_end > 0"
    )


def agencies_of_adults(made: Made) -> float:
    """Agencies that hold rows of a harassed adult, on average."""
    return made.one(
        "select avg(n) from (select count(distinct agency) as n from event join person using (person) "
        "where adult_at_end > 0 group by person)"
    )


def between_workers(made: Made, what: str) -> float:
    """Differences of a mean between assessment workers, beyond those of chance, in standard errors."""
    mean, count = np.array(
        made.all(f"select avg({what}), count(*) from ({ASSESSED}) group by worker having count(*) >= 20")
    ).T
    within = made.one(f"select var_samp({what}) from ({ASSESSED})")
    found = (count * (mean - np.average(mean, weights=count)) ** 2).sum() / within
    return float((found - (len(mean) - 1)) / np.sqrt(2 * (len(mean) - 1)))


def spoken_first(made: Made) -> tuple[float, float]:
    """Mean hours to the first allocation of children for whom somebody speaks from the start, and of the others."""
    authority = made.run.authorities[0]
    spoken = authority.people.people.person[:, authority.people.column["spoken"]]
    made.sql.register("voice", pa.table({"person": np.arange(len(spoken), dtype=np.int32), "spoken": spoken > 0}))
    rows = dict(
        made.all(
            "with a as (select w.*, v.spoken from waits w join voice v using (person) "
            f"where node = 'allocation' and {SERVED} "
            "qualify row_number() over (partition by w.person order by w.asked_us) = 1) "
            "select spoken, avg(busy_hours + overtaken_hours) from a group by spoken"
        )
    )
    return rows[True], rows[False]
