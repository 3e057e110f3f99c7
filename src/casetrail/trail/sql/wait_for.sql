-- relation: from each first asking (an activity) to the next time the thing asked for happened, per person
-- in: step, elapsed
-- out: scope_no, persons, reached, not_reached, mean_us, median_us, least_us, most_us, waiting_us
-- parameters: start_no, finish_no, by
-- source: own; a wait that never ended is counted as not reached with the time until the end of the trail, never left out
with asked as (
    select person_no, min(seq) as seq, min(at_us) as at_us
    from step
    where activity_no = $start_no
    group by person_no
),

got as (
    select asked.person_no, min(step.at_us) as at_us
    from asked
    inner join step on asked.person_no = step.person_no and asked.seq < step.seq
    where step.activity_no = $finish_no
    group by asked.person_no
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
    count(got.at_us) as reached,
    count(*) - count(got.at_us) as not_reached,
    avg(got.at_us - asked.at_us) as mean_us,
    median(got.at_us - asked.at_us) as median_us,
    min(got.at_us - asked.at_us) as least_us,
    max(got.at_us - asked.at_us) as most_us,
    sum(case when got.at_us is null then elapsed.to_us - asked.at_us else 0 end) as waiting_us
from asked
inner join elapsed on asked.person_no = elapsed.person_no
left join got on asked.person_no = got.person_no
group by scope_no
order by scope_no
