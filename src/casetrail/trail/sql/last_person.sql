-- relation: the highest number of a person with events; nobody gives no row
-- in: step
-- out: person_no
-- parameters: none
-- source: own; persons are numbered from 1
select max(person_no) as person_no
from step
having count(*) > 0
