-- relation: reports by the kind of role in which somebody told, and how the agency that was told ended it
-- in: step, event_raw, speaker, ending
-- out: scope_no, speaks, kind, persons, reports, turned_away, went_on, not_recorded
-- parameters: by
-- source: own; what came of a report is the first ending that the agency wrote on that trail, with the report or after it
--   and before the next report to it; without one it is not recorded, which is not the same as taken up
with walked as (
    select
        step.person_no,
        step.agency_no,
        step.team_no,
        step.month_no,
        step.seq,
        raw.reported_by_role as role,
        coalesce(closed.turned_away, said.turned_away) as away,
        sum(case when raw.reported_by_role is null then 0 else 1 end)
            over (partition by step.person_no, step.agency_no order by step.seq) as nth
    from step
    inner join event_raw as raw on step.row_no = raw.row_no
    left join ending as closed on raw.closing_code = closed.word
    left join ending as said on raw.outcome = said.word
),

first_ended as (
    select person_no, agency_no, nth, min(seq) as seq
    from walked
    where away is not null and nth > 0
    group by person_no, agency_no, nth
),

came as (
    select first_ended.person_no, first_ended.agency_no, first_ended.nth, walked.away
    from first_ended
    inner join walked on first_ended.person_no = walked.person_no and first_ended.seq = walked.seq
),

report as (
    select
        case
            when $by = 'agency' then walked.agency_no
            when $by = 'team' then walked.team_no
            when $by = 'period' then walked.month_no
            when $by = 'person' then walked.person_no
            else 0
        end as scope_no,
        walked.person_no,
        speaker.speaks,
        speaker.kind,
        came.away
    from walked
    left join speaker on walked.role = speaker.role
    left join came
        on walked.person_no = came.person_no
        and walked.nth = came.nth
        and walked.agency_no is not distinct from came.agency_no
    where walked.role is not null
)

select
    scope_no,
    speaks,
    kind,
    count(distinct person_no) as persons,
    count(*) as reports,
    sum(case when away then 1 else 0 end) as turned_away,
    sum(case when not away then 1 else 0 end) as went_on,
    sum(case when away is null then 1 else 0 end) as not_recorded
from report
group by scope_no, speaks, kind
order by scope_no, reports desc, speaks, kind
