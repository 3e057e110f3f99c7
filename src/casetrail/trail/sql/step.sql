-- relation: the events of each person in order of time, each with what came before and after it
-- in: event
-- out: person_no, seq, row_no, at_us, until_us, prev_us, end_us, month_no, to_the_day, tied, activity_no, next_activity_no,
--   state_no, case_type_no, agency_no, next_agency_no, team_no, next_team_no, passed_to_no, incident_no, worker_no, closing
-- parameters: known_on_us, as_of_us, open_ends
-- source: own; ties in time fall to the declared rank and then to the order of the files; on the day nobody knew the
--   end of what had not ended
select
    person_no,
    cast(row_number() over w as integer) as seq,
    row_no,
    at_us,
    coalesce(
        lead(at_us) over w, case when $open_ends and not closing then greatest(at_us, $as_of_us) else at_us end
    ) as until_us,
    lag(at_us) over w as prev_us,
    case when cast($known_on_us as bigint) is null or end_us <= $known_on_us then end_us end as end_us,
    month_no,
    to_the_day,
    coalesce(lag(at_us) over w = at_us and lag(rank) over w = rank, false) as tied,
    activity_no,
    lead(activity_no) over w as next_activity_no,
    state_no,
    case_type_no,
    agency_no,
    lead(agency_no) over w as next_agency_no,
    team_no,
    lead(team_no) over w as next_team_no,
    passed_to_no,
    incident_no,
    worker_no,
    closing
from event
where
    cast($known_on_us as bigint) is null
    or (at_us <= $known_on_us and coalesce(recorded_us, at_us) <= $known_on_us)
window w as (partition by person_no order by at_us, rank, row_no)
order by person_no, seq
