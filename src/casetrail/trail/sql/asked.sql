-- relation: persons about whom someone in a role reported something, and whether that role was asked afterwards
-- in: step, event_raw, elapsed
-- out: scope_no, persons, reports, asked, not_asked
-- parameters: role, asking_no, by
-- source: own; asked = a later event of the asking activity on the same trail; whether any source could have recorded
--   the asking is decided by the caller, without which not_asked would be unknown
with report as (
    select step.person_no, min(step.seq) as seq, count(*) as reports
    from step
    inner join event_raw as raw on step.row_no = raw.row_no
    where raw.reported_by_role = $role
    group by step.person_no
),

answered as (
    select report.person_no, count(*) as times
    from report
    inner join step on report.person_no = step.person_no and report.seq < step.seq
    where step.activity_no = $asking_no
    group by report.person_no
)

select
    case
        when $by = 'agency' then elapsed.first_agency_no
        when $by = 'team' then elapsed.first_team_no
        when $by = 'period' then elapsed.first_month_no
        when $by = 'type' then elapsed.first_type_no
        when $by = 'person' then elapsed.person_no
        else 0
    end as scope_no,
    count(*) as persons,
    cast(sum(report.reports) as bigint) as reports,
    count(answered.person_no) as asked,
    count(*) - count(answered.person_no) as not_asked
from report
inner join elapsed on report.person_no = elapsed.person_no
left join answered on report.person_no = answered.person_no
group by scope_no
order by scope_no
