-- relation: how referrals, cases and periods of care ended, by kind
-- in: step, event_raw, ending
-- out: scope_no, kind, persons, times
-- parameters: by
-- source: own; the kind of a closing code, and where an event has none, of an outcome that is an ending
with ended as (
    select
        case
            when $by = 'agency' then step.agency_no
            when $by = 'team' then step.team_no
            when $by = 'period' then step.month_no
            when $by = 'person' then step.person_no
            else 0
        end as scope_no,
        step.person_no,
        coalesce(closed.kind, case when raw.closing_code is null then said.kind end) as kind
    from step
    inner join event_raw as raw on step.row_no = raw.row_no
    left join ending as closed on raw.closing_code = closed.word
    left join ending as said on raw.outcome = said.word
    where raw.closing_code is not null or said.kind is not null
)

select
    scope_no,
    kind,
    count(distinct person_no) as persons,
    count(*) as times
from ended
group by scope_no, kind
order by scope_no, times desc, kind
