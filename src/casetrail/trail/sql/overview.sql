-- relation: the log in one row: how much there is and from when to when
-- in: step, elapsed
-- out: persons, events, activities, states, agencies, teams, workers, first_us, last_us, total_us
-- parameters: none
-- source: own
select
    (select count(*) from elapsed) as persons,
    count(*) as events,
    count(distinct step.activity_no) as activities,
    count(distinct step.state_no) as states,
    count(distinct step.agency_no) as agencies,
    count(distinct step.team_no) as teams,
    count(distinct step.worker_no) as workers,
    min(step.at_us) as first_us,
    max(step.at_us) as last_us,
    (select sum(elapsed.to_us - elapsed.from_us) from elapsed) as total_us
from step
