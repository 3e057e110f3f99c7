-- relation: how many persons stand behind each pair of activities that follow each other
-- in: step
-- out: activity_no, next_activity_no, persons
-- parameters: none
-- source: own; apart from directly_follows because counting persons costs more than all the rest of it
select activity_no, next_activity_no, count(distinct person_no) as persons
from step
where next_activity_no is not null
group by activity_no, next_activity_no
order by activity_no, next_activity_no
