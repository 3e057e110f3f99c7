-- relation: one number per agency, team or addressee named anywhere, in the order of the names
-- in: event_raw, involvement_raw
-- out: body_no, body
-- parameters: none
-- source: own
select cast(row_number() over (order by body) as integer) as body_no, body
from (
    select agency as body from event_raw
    union
    select team as body from event_raw
    union
    select passed_to as body from event_raw
    union
    select agency as body from involvement_raw
    union
    select team as body from involvement_raw
) as named
where body is not null
