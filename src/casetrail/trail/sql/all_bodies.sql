-- relation: the names behind the numbers of agencies and teams
-- in: body
-- out: body_no, body
-- parameters: none
-- source: own
select body_no, body from body order by body_no
