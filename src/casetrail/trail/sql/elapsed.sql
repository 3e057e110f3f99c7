-- relation: from when to when each person's trail runs, and who and what it began with
-- in: step, holding
-- out: person_no, from_us, to_us, held_by_record, first_agency_no, first_team_no, first_month_no, first_type_no
-- parameters: none
-- source: own
with ends as (
    select
        first_step.person_no,
        first_step.at_us as from_us,
        last_step.until_us as to_us,
        first_step.agency_no as first_agency_no,
        first_step.team_no as first_team_no,
        first_step.month_no as first_month_no,
        first_step.case_type_no as first_type_no
    from step as first_step
    inner join step as last_step on first_step.person_no = last_step.person_no
    where first_step.seq = 1 and last_step.next_activity_no is null
),

recorded as (
    select person_no, min(from_us) as from_us, max(to_us) as to_us
    from holding
    group by person_no
)

select
    coalesce(ends.person_no, recorded.person_no) as person_no,
    least(coalesce(ends.from_us, recorded.from_us), coalesce(recorded.from_us, ends.from_us)) as from_us,
    greatest(coalesce(ends.to_us, recorded.to_us), coalesce(recorded.to_us, ends.to_us)) as to_us,
    recorded.person_no is not null as held_by_record,
    ends.first_agency_no,
    ends.first_team_no,
    ends.first_month_no,
    ends.first_type_no
from ends
full outer join recorded on ends.person_no = recorded.person_no
