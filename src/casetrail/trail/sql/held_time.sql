-- relation: who held the case, for how long: held by one, held jointly, or limbo with its reason
-- in: spell
-- out: scope_no, kind, reason, holder_no, persons, spells, total_us, mean_us, median_us, most_us
-- parameters: level, by
-- source: own; `by` is all, period (month in which the spell began) or person
select
    case when $by = 'person' then person_no when $by = 'period' then from_month_no else 0 end as scope_no,
    kind,
    reason,
    holder_no,
    count(distinct person_no) as persons,
    count(*) as spells,
    sum(to_us - from_us) as total_us,
    avg(to_us - from_us) as mean_us,
    median(to_us - from_us) as median_us,
    max(to_us - from_us) as most_us
from spell
where level = $level
group by scope_no, kind, reason, holder_no
order by scope_no, total_us desc, kind, reason, holder_no
