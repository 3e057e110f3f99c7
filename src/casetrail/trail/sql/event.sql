-- relation: events with names replaced by numbers; the columns that every measure reads
-- in: event_raw, person, body, word, thing
-- out: row_no, person_no, at_us, end_us, recorded_us, rank, month_no, to_the_day, activity_no, state_no,
--   case_type_no, agency_no, team_no, passed_to_no, incident_no, worker_no, closing
-- parameters: none
-- source: own
select
    e.row_no,
    p.person_no,
    e.at_us,
    e.end_us,
    e.recorded_us,
    e.rank,
    e.month_no,
    e.precision = 'day' as to_the_day,
    a.word_no as activity_no,
    coalesce(s.word_no, a.word_no) as state_no,
    c.word_no as case_type_no,
    g.body_no as agency_no,
    t.body_no as team_no,
    x.body_no as passed_to_no,
    coalesce(i.thing_no, h.thing_no) as incident_no,
    w.thing_no as worker_no,
    e.closing_code is not null as closing
from event_raw as e
inner join person as p on e.person = p.person
inner join word as a on e.activity = a.word
left join word as s on e.state = s.word
left join word as c on e.case_type = c.word
left join body as g on e.agency = g.body
left join body as t on e.team = t.body
left join body as x on e.passed_to = x.body
left join thing as i on e.incident = i.thing
left join thing as h on e.episode = h.thing
left join thing as w on e.worker = w.thing
order by e.row_no
