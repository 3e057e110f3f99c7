-- relation: the events of each person in order of time, each with what came before and after it
-- in: event
-- out: person_no, seq, row_no, at_us, until_us, prev_us, end_us, month_no, to_the_day, tied, activity_no, next_activity_no,
--   state_no, case_type_no, agency_no, next_agency_no, team_no, next_team_no, passed_to_no, incident_no, worker_no, closing,
--   new_agency, new_team, after_closing, may_turn
-- parameters: known_on_us, as_of_us, open_ends
-- source: own; ties in time fall to the declared rank and then to the order of the files; on the day nobody knew the
--   end of what had not ended; who holds the case can change only at a step that `may_turn`
with placed as (
    select
        *,
        cast(row_number() over w as integer) as seq,
        lead(at_us) over w as next_us,
        lag(at_us) over w as prev_us,
        lag(rank) over w as prev_rank,
        lead(activity_no) over w as next_activity_no,
        lag(agency_no) over w as prev_agency_no,
        lead(agency_no) over w as next_agency_no,
        lag(team_no) over w as prev_team_no,
        lead(team_no) over w as next_team_no,
        lag(closing) over w as prev_closing
    from event
    where
        cast($known_on_us as bigint) is null
        or (at_us <= $known_on_us and coalesce(recorded_us, at_us) <= $known_on_us)
    window w as (partition by person_no order by at_us, rank, row_no)
)

select
    person_no,
    seq,
    row_no,
    at_us,
    coalesce(next_us, case when $open_ends and not closing then greatest(at_us, $as_of_us) else at_us end) as until_us,
    prev_us,
    case when cast($known_on_us as bigint) is null or end_us <= $known_on_us then end_us end as end_us,
    month_no,
    to_the_day,
    coalesce(prev_us = at_us and prev_rank = rank, false) as tied,
    activity_no,
    next_activity_no,
    state_no,
    case_type_no,
    agency_no,
    next_agency_no,
    team_no,
    next_team_no,
    passed_to_no,
    incident_no,
    worker_no,
    closing,
    agency_no is distinct from prev_agency_no as new_agency,
    team_no is distinct from prev_team_no as new_team,
    coalesce(prev_closing, false) as after_closing,
    seq = 1
    or agency_no is distinct from prev_agency_no
    or team_no is distinct from prev_team_no
    or closing
    or coalesce(prev_closing, false)
    or passed_to_no is not null as may_turn
from placed
order by person_no, seq
