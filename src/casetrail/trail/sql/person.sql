-- relation: one number per pseudonym, in the order of the pseudonyms
-- in: event_raw, involvement_raw, fact_raw
-- out: person_no, person
-- parameters: none
-- source: own
select cast(row_number() over (order by person) as integer) as person_no, person
from (
    select person from event_raw
    union
    select person from involvement_raw
    union
    select person from fact_raw
) as named
