-- relation: the pseudonyms behind the numbers of persons
-- in: person
-- out: person_no, person
-- parameters: none
-- source: own
select person_no, person from person order by person_no
