-- relation: how many events carry the day on which they became known, and how many a later day
-- in: event
-- out: events, with_recorded, not_yet_known
-- parameters: known_on_us
-- source: own
select
    count(*) as events,
    count(recorded_us) as with_recorded,
    cast(
        sum(case when at_us > $known_on_us or coalesce(recorded_us, at_us) > $known_on_us then 1 else 0 end) as bigint
    ) as not_yet_known
from event
