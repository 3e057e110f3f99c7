-- What any trail must pay for: one sort and one window over the events, into a table, with the columns of `step`.
create table bare as
select
    person_no,
    row_number() over w as seq,
    row_no,
    at_us,
    lead(at_us) over w as until_us,
    lag(at_us) over w as prev_us,
    end_us,
    month_no,
    to_the_day,
    lag(rank) over w as prev_rank,
    activity_no,
    lead(activity_no) over w as next_activity_no,
    state_no,
    case_type_no,
    agency_no,
    lag(agency_no) over w as prev_agency_no,
    lead(agency_no) over w as next_agency_no,
    team_no,
    lag(team_no) over w as prev_team_no,
    lead(team_no) over w as next_team_no,
    passed_to_no,
    incident_no,
    worker_no,
    closing,
    lag(closing) over w as prev_closing
from event
window w as (partition by person_no order by at_us, rank, row_no)
order by person_no, seq
