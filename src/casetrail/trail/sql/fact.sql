-- relation: dates that belong to a whole case (start, deadline, planned end), the first of each name
-- in: fact_raw, person
-- out: person_no, name, at_us, to_the_day, different
-- parameters: none
-- source: own
select
    p.person_no,
    f.name,
    min(f.at_us) as at_us,
    min(f.precision) = 'day' as to_the_day,
    count(distinct f.at_us) > 1 as different
from fact_raw as f
inner join person as p on f.person = p.person
group by p.person_no, f.name
