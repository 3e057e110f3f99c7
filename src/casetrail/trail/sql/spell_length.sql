-- relation: how long spells last, over all holders
-- in: spell
-- out: spells, mean_us, median_us, most_us
-- parameters: level
-- source: own
select
    count(*) as spells,
    avg(to_us - from_us) as mean_us,
    median(to_us - from_us) as median_us,
    max(to_us - from_us) as most_us
from spell
where level = $level
