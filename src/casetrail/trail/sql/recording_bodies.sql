-- relation: the agencies and teams that recorded an event of their own
-- in: event
-- out: body_no
-- parameters: none
-- source: own; of a body that recorded nothing it cannot be known whether it accepted what was sent to it
select distinct body_no
from (
    select agency_no as body_no from event
    union
    select team_no as body_no from event
) as named
where body_no is not null
order by body_no
