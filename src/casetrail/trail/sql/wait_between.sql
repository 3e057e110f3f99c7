-- relation: the wait from the last event of one body to the first event of the next
-- in: step
-- out: scope_no, from_no, to_no, persons, times, mean_us, median_us, most_us, total_us
-- parameters: level, by
-- source: own
with passed as (
    select
        person_no,
        case
            when $by = 'agency' then agency_no
            when $by = 'team' then team_no
            when $by = 'period' then month_no
            when $by = 'person' then person_no
            else 0
        end as scope_no,
        case when $level = 'team' then team_no else agency_no end as from_no,
        case when $level = 'team' then next_team_no else next_agency_no end as to_no,
        until_us - at_us as wait_us
    from step
)

select
    scope_no,
    from_no,
    to_no,
    count(distinct person_no) as persons,
    count(*) as times,
    avg(wait_us) as mean_us,
    median(wait_us) as median_us,
    max(wait_us) as most_us,
    sum(wait_us) as total_us
from passed
where from_no <> to_no
group by scope_no, from_no, to_no
order by scope_no, times desc, from_no, to_no
