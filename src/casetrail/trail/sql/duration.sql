-- relation: how long trails last, from first event to end
-- in: elapsed
-- out: scope_no, persons, mean_us, median_us, sd_us, least_us, most_us, total_us
-- parameters: by
-- source: own; `by` is all, agency or team of the first event, period (its month), type or person
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
    avg(to_us - from_us) as mean_us,
    median(to_us - from_us) as median_us,
    stddev_samp(to_us - from_us) as sd_us,
    min(to_us - from_us) as least_us,
    max(to_us - from_us) as most_us,
    sum(to_us - from_us) as total_us
from elapsed
group by scope_no
order by scope_no
