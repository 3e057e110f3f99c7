-- relation: one number per keyed incident, episode and worker
-- in: event_raw
-- out: thing_no, thing
-- parameters: none
-- source: own
select cast(row_number() over (order by thing) as integer) as thing_no, thing
from (
    select incident as thing from event_raw
    union
    select episode as thing from event_raw
    union
    select worker as thing from event_raw
) as named
where thing is not null
