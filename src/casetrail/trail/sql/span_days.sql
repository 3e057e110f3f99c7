-- relation: whole days from one dated fact of a case to another: how many cases for each number
-- in: fact
-- out: whole_days, persons
-- parameters: start, finish
-- source: own; whole days are completed days of 24 hours
select
    cast(floor((b.at_us - a.at_us) / 86400000000.0) as integer) as whole_days,
    count(*) as persons
from fact as a
inner join fact as b on a.person_no = b.person_no
where a.name = $start and b.name = $finish
group by whole_days
order by whole_days
