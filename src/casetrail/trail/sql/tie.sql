-- relation: how much of the order of events rests on the declared rank or on the order of the files
-- in: step
-- out: scope_no, steps, tied_by_file_order, same_time, to_the_day
-- parameters: by
-- source: own
select
    case
        when $by = 'agency' then agency_no
        when $by = 'team' then team_no
        when $by = 'period' then month_no
        when $by = 'person' then person_no
        else 0
    end as scope_no,
    count(*) as steps,
    sum(case when tied then 1 else 0 end) as tied_by_file_order,
    sum(case when prev_us = at_us then 1 else 0 end) as same_time,
    sum(case when to_the_day then 1 else 0 end) as to_the_day
from step
group by scope_no
order by scope_no
