-- relation: the number of one pseudonym
-- in: person
-- out: person_no
-- parameters: person
-- source: own
select person_no from person where person = $person
