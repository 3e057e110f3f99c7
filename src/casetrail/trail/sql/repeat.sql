-- relation: the k-th event of one kind for the same person inside a window, linked to an earlier one or not
-- in: step
-- out: scope_no, activity_no, kth, persons, times, linked, not_linked, link_unknown
-- parameters: window_us, by
-- source: own; linked = carries the incident or episode of an earlier event of that person; without either it is
--   unknown whether it was linked when the source has no such column, and not linked when it has
with counted as (
    select
        person_no,
        activity_no,
        seq,
        incident_no,
        case
            when $by = 'agency' then agency_no
            when $by = 'team' then team_no
            when $by = 'period' then month_no
            when $by = 'person' then person_no
            else 0
        end as scope_no,
        count(*) over (
            partition by person_no, activity_no order by at_us range between $window_us preceding and current row
        ) as inside,
        row_number() over (partition by person_no, activity_no, at_us order by seq) as among_tied,
        count(*) over (partition by person_no, activity_no, at_us) as tied,
        row_number() over (partition by person_no, incident_no order by seq) as of_incident
    from step
),

placed as (
    select
        person_no,
        activity_no,
        scope_no,
        inside - tied + among_tied as kth,
        incident_no,
        of_incident
    from counted
)

select
    scope_no,
    activity_no,
    kth,
    count(distinct person_no) as persons,
    count(*) as times,
    sum(case when incident_no is not null and of_incident > 1 then 1 else 0 end) as linked,
    sum(case when incident_no is not null and of_incident = 1 then 1 else 0 end) as not_linked,
    sum(case when incident_no is null then 1 else 0 end) as link_unknown
from placed
group by scope_no, activity_no, kth
order by scope_no, activity_no, kth
