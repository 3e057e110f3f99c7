-- relation: time spent in each state: the interval after an event belongs to the state that event left the case in
-- in: step
-- out: scope_no, state_no, persons, times, total_us, mean_us, median_us
-- parameters: by
-- source: own; `by` is all, agency, team, period (month of the event) or person; the last event of a
--   trail that ends with it begins no interval: it counts among `times`, not in mean and median
select
    case
        when $by = 'agency' then agency_no
        when $by = 'team' then team_no
        when $by = 'period' then month_no
        when $by = 'person' then person_no
        else 0
    end as scope_no,
    state_no,
    count(distinct person_no) as persons,
    count(*) as times,
    sum(until_us - at_us) as total_us,
    avg(case when next_activity_no is not null or until_us > at_us then until_us - at_us end) as mean_us,
    median(case when next_activity_no is not null or until_us > at_us then until_us - at_us end) as median_us
from step
group by scope_no, state_no
order by scope_no, total_us desc, state_no
