-- relation: how many persons stand behind each pair of activities that follow each other
-- in: step
-- out: scope_no, activity_no, next_activity_no, persons
-- parameters: by
-- source: own; apart from directly_follows because counting persons costs more than all the rest of it
select
    case
        when $by = 'agency' then agency_no
        when $by = 'team' then team_no
        when $by = 'period' then month_no
        when $by = 'person' then person_no
        else 0
    end as scope_no,
    activity_no,
    next_activity_no,
    count(distinct person_no) as persons
from step
where next_activity_no is not null
group by scope_no, activity_no, next_activity_no
order by scope_no, activity_no, next_activity_no
