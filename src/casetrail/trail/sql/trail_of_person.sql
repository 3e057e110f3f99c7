-- relation: one person's events in order, with the names of bodies and activities
-- in: step, word, body, event_raw
-- out: seq, at_us, until_us, to_the_day, source, source_place, activity, state, agency, team, passed_to, outcome, severity,
--   reported_by_role, told_by, closing_code, recorded_us, incident_no
-- parameters: person_no
-- source: own
select
    step.seq,
    step.at_us,
    step.until_us,
    step.to_the_day,
    raw.source,
    raw.source_place,
    activity.word as activity,
    state.word as state,
    agency.body as agency,
    team.body as team,
    raw.passed_to,
    raw.outcome,
    raw.severity,
    raw.reported_by_role,
    raw.told_by,
    raw.closing_code,
    raw.recorded_us,
    step.incident_no
from step
inner join event_raw as raw on step.row_no = raw.row_no
inner join word as activity on step.activity_no = activity.word_no
inner join word as state on step.state_no = state.word_no
left join body as agency on step.agency_no = agency.body_no
left join body as team on step.team_no = team.body_no
where step.person_no = $person_no
order by step.seq
