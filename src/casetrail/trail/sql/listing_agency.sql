-- relation: how many persons each agency has in a period, by the kinds of event that count
-- in: step, event_raw
-- out: agency_no, persons, events
-- parameters: since_us, until_us, by_outcome, by_severity, codes
-- source: own; `codes` has twelve signs for each kind in the order of listing_kind, 1 where its events put a
--   person on that list; here the first list is that of all that counts
with occurred as (
    select
        step.person_no,
        step.seq,
        step.at_us,
        step.incident_no,
        raw.source,
        step.agency_no,
        step.activity_no,
        case when $by_outcome then raw.outcome end as outcome,
        case when $by_severity then raw.severity end as severity
    from step
    inner join event_raw as raw on step.row_no = raw.row_no
    where step.at_us < $until_us
),

kind as (
    select
        *,
        row_number() over (order by source, agency_no, activity_no, outcome, severity) as kind_no
    from (
        select distinct source, agency_no, activity_no, outcome, severity
        from occurred
    ) as named
),

place as (
    select 1 as nth, 1 as bit
    union all
    select 2 as nth, 2 as bit
    union all
    select 3 as nth, 4 as bit
    union all
    select 4 as nth, 8 as bit
    union all
    select 5 as nth, 16 as bit
    union all
    select 6 as nth, 32 as bit
    union all
    select 7 as nth, 64 as bit
    union all
    select 8 as nth, 128 as bit
    union all
    select 9 as nth, 256 as bit
    union all
    select 10 as nth, 512 as bit
    union all
    select 11 as nth, 1024 as bit
    union all
    select 12 as nth, 2048 as bit
),

on_list as (
    select kind.source, kind.agency_no, kind.activity_no, kind.outcome, kind.severity, place.bit
    from kind
    inner join place on substr($codes, 12 * (kind.kind_no - 1) + place.nth, 1) = '1'
),

record as (
    select occurred.person_no, occurred.seq, occurred.at_us, occurred.incident_no, on_list.bit
    from occurred
    inner join on_list
        on
            occurred.source = on_list.source
            and occurred.activity_no = on_list.activity_no
            and occurred.agency_no is not distinct from on_list.agency_no
            and occurred.outcome is not distinct from on_list.outcome
            and occurred.severity is not distinct from on_list.severity
)

select step.agency_no, count(distinct record.person_no) as persons, count(*) as events
from record
inner join step on record.person_no = step.person_no and record.seq = step.seq
where record.at_us >= $since_us and record.bit = 1
group by step.agency_no
order by step.agency_no
