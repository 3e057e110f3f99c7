-- relation: what was done when, of a range of persons; in no order: `seq` gives the place
-- in: step
-- out: person_no, seq, activity_no, at_us
-- parameters: first_no, past_no
-- source: own
select person_no, seq, activity_no, at_us
from step
where person_no >= $first_no and person_no < $past_no
