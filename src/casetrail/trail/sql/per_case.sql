-- relation: per case, how many events, different activities, agencies, teams and workers; over all cases mean, spread, ends
-- in: step, elapsed
-- out: scope_no, measure, cases, mean, sd, least, most, total
-- parameters: by
-- source: IEEE 1849 (XES) log statistics as written by its reference library; sd with n - 1
with counted as (
    select
        person_no,
        count(*) as events,
        count(distinct activity_no) as activities,
        count(distinct agency_no) as agencies,
        count(distinct team_no) as teams,
        count(distinct worker_no) as workers
    from step
    group by person_no
),

long as (
    select person_no, 'events' as measure, events as n from counted
    union all
    select person_no, 'different activities' as measure, activities as n from counted
    union all
    select person_no, 'different agencies' as measure, agencies as n from counted
    union all
    select person_no, 'different teams' as measure, teams as n from counted
    union all
    select person_no, 'different workers' as measure, workers as n from counted
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
    long.measure,
    count(*) as cases,
    avg(n) as mean,
    stddev_samp(n) as sd,
    min(n) as least,
    max(n) as most,
    cast(sum(n) as bigint) as total
from long
inner join elapsed on long.person_no = elapsed.person_no
group by scope_no, long.measure
order by scope_no, long.measure
