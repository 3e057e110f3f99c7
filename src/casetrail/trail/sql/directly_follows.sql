-- relation: which activity directly follows which in one trail, how often and after how long
-- in: step
-- out: scope_no, activity_no, next_activity_no, times, mean_us, median_us
-- parameters: by
-- source: van der Aalst, Process Mining (2nd ed., 2016), section 6.1: the directly-follows graph; `by` as in time_by_state
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
    count(*) as times,
    avg(until_us - at_us) as mean_us,
    median(until_us - at_us) as median_us
from step
where next_activity_no is not null
group by scope_no, activity_no, next_activity_no
order by scope_no, times desc, activity_no, next_activity_no
