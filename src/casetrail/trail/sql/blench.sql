-- relation: one line per case type: hours worked against hours elapsed, cases right first time, rework, queue
-- in: step, elapsed
-- out: scope_no, case_type_no, persons, events, events_with_end, touch_us, elapsed_us, right_first_time, reworked
-- parameters: by
-- source: own; touch time is the union of a person's [start, end] intervals; rework is an activity the same trail had before
with swept as (
    select
        person_no,
        seq,
        activity_no,
        at_us,
        end_us,
        max(end_us) over (
            partition by person_no order by seq rows between unbounded preceding and 1 preceding
        ) as covered_us,
        row_number() over (partition by person_no, activity_no order by seq) as kth
    from step
),

person as (
    select
        person_no,
        count(*) as events,
        count(end_us) as events_with_end,
        sum(
            case
                when end_us is null then 0
                else greatest(end_us - greatest(at_us, coalesce(covered_us, at_us)), 0)
            end
        ) as touch_us,
        sum(case when kth > 1 then 1 else 0 end) as reworked
    from swept
    group by person_no
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
    elapsed.first_type_no as case_type_no,
    count(*) as persons,
    cast(sum(person.events) as bigint) as events,
    cast(sum(person.events_with_end) as bigint) as events_with_end,
    sum(person.touch_us) as touch_us,
    sum(elapsed.to_us - elapsed.from_us) as elapsed_us,
    sum(case when person.reworked = 0 then 1 else 0 end) as right_first_time,
    cast(sum(person.reworked) as bigint) as reworked
from person
inner join elapsed on person.person_no = elapsed.person_no
group by scope_no, elapsed.first_type_no
order by scope_no, elapsed_us desc, case_type_no
