-- relation: whole days from one dated fact of a case to another: how many cases for each number
-- in: elapsed, fact
-- out: whole_days, persons
-- parameters: start, finish, until_us
-- source: own; whole days are completed days of 24 hours; dates after `until_us` (the day of --known-on) are left out
select
    cast(floor((b.at_us - a.at_us) / 86400000000.0) as integer) as whole_days,
    count(*) as persons
from elapsed
inner join fact as a on elapsed.person_no = a.person_no
inner join fact as b on elapsed.person_no = b.person_no
where
    a.name = $start
    and b.name = $finish
    and a.at_us <= coalesce($until_us, a.at_us)
    and b.at_us <= coalesce($until_us, b.at_us)
group by whole_days
order by whole_days
