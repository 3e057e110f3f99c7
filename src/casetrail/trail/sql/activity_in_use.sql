-- relation: the activities of the trail, in the order of their numbers, which is that of their names
-- in: step
-- out: activity_no
-- parameters: none
-- source: own
select distinct activity_no
from step
order by activity_no
