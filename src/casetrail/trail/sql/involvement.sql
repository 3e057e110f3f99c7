-- relation: involvements with names replaced by numbers
-- in: involvement_raw, person, body
-- out: row_no, person_no, agency_no, team_no, role, from_us, to_us, recorded_us
-- parameters: none
-- source: own
select
    v.row_no,
    p.person_no,
    g.body_no as agency_no,
    t.body_no as team_no,
    v.role,
    v.from_us,
    v.to_us,
    v.recorded_us
from involvement_raw as v
inner join person as p on v.person = p.person
left join body as g on v.agency = g.body
left join body as t on v.team = t.body
order by v.row_no
