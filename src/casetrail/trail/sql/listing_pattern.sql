-- relation: how many persons are on which set of lists in a period, and on which of them only by being passed on
-- in: step, event_raw
-- out: pattern, passed_pattern, persons
-- parameters: since_us, until_us, by_outcome, by_severity, codes, within_us
-- source: own; `codes` has twelve signs for each kind in the order of listing_kind, 1 where its events put a
--   person on that list; a list came to know of a person by its
--   first record ever; that was passed on when an agency of another list the person is on had sent the case to it by then
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
),

member as (
    select person_no, bit, min(seq) as first_seq
    from record
    group by person_no, bit
    having max(at_us) >= $since_us
),

heard as (
    select
        member.person_no,
        member.bit,
        step.agency_no,
        step.team_no,
        step.at_us,
        step.at_us + case when step.to_the_day then 86399999999 else 0 end as last_us
    from member
    inner join step on member.person_no = step.person_no and member.first_seq = step.seq
),

sender as (
    select distinct agency_no, bit
    from on_list
),

told as (
    select step.person_no, step.agency_no, step.passed_to_no, step.at_us, sender.bit
    from step
    inner join sender on step.agency_no = sender.agency_no
    inner join member on step.person_no = member.person_no and sender.bit = member.bit
    where step.passed_to_no is not null
),

passed as (
    select distinct heard.person_no, told.bit as from_bit, heard.bit as to_bit
    from heard
    inner join told on heard.person_no = told.person_no
    where
        (told.passed_to_no = heard.agency_no or told.passed_to_no = heard.team_no)
        and told.agency_no is distinct from heard.agency_no
        and told.bit <> heard.bit
        and told.at_us <= heard.last_us
        and (cast($within_us as bigint) is null or heard.at_us - told.at_us <= $within_us)
),

came as (
    select distinct person_no, to_bit
    from passed
),

per_person as (
    select
        member.person_no,
        sum(member.bit) as pattern,
        sum(case when came.to_bit is null then 0 else member.bit end) as passed_pattern
    from member
    left join came on member.person_no = came.person_no and member.bit = came.to_bit
    group by member.person_no
)

select pattern, passed_pattern, count(*) as persons
from per_person
group by pattern, passed_pattern
order by pattern, passed_pattern
