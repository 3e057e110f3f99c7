-- relation: how long each body held each person in a stretch of time, and since which month: an audit's frame
-- in: spell
-- out: person_no, holder_no, held_us, from_month_no
-- parameters: level, since_us, until_us
-- source: own; half-open stretch; only time held by one body alone, for what is held jointly or by nobody has no one
--   whose work the file shows
select
    person_no,
    holder_no,
    sum(
        least(to_us, coalesce(cast($until_us as bigint), to_us))
        - greatest(from_us, coalesce(cast($since_us as bigint), from_us))
    ) as held_us,
    min(from_month_no) as from_month_no
from spell
where
    level = $level
    and kind = 'held'
    and (cast($since_us as bigint) is null or to_us > $since_us)
    and (cast($until_us as bigint) is null or from_us < $until_us)
group by person_no, holder_no
order by person_no, holder_no
