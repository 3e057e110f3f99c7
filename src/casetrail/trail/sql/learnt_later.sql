-- relation: one person's events that were not known on the day, in the order in which they became known
-- in: event, word, body
-- out: at_us, recorded_us, to_the_day, activity, agency, team
-- parameters: person_no, known_on_us
-- source: own; hindsight is kept apart from what could be known
select
    event.at_us,
    event.recorded_us,
    event.to_the_day,
    word.word as activity,
    agency.body as agency,
    team.body as team
from event
inner join word on event.activity_no = word.word_no
left join body as agency on event.agency_no = agency.body_no
left join body as team on event.team_no = team.body_no
where
    event.person_no = $person_no
    and (event.at_us > $known_on_us or coalesce(event.recorded_us, event.at_us) > $known_on_us)
order by coalesce(event.recorded_us, event.at_us), event.at_us, event.row_no
