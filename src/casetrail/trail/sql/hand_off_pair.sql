-- relation: from which holder to which a case went, how often, and how long nobody held it in between
-- in: tenure
-- out: scope_no, from_no, to_no, persons, hand_offs, mean_gap_us, median_gap_us, total_gap_us
-- parameters: level, by
-- source: own; `by` is all, period (month of the hand-off) or person
select
    case when $by = 'period' then month_no when $by = 'person' then person_no else 0 end as scope_no,
    prev_holder_no as from_no,
    holder_no as to_no,
    count(distinct person_no) as persons,
    count(*) as hand_offs,
    avg(from_us - left_us) as mean_gap_us,
    median(from_us - left_us) as median_gap_us,
    sum(from_us - left_us) as total_gap_us
from tenure
where level = $level and prev_holder_no is not null
group by scope_no, prev_holder_no, holder_no
order by scope_no, hand_offs desc, from_no, to_no
