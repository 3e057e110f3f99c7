-- relation: hand-offs, returns to a former holder, A-B-A loops and the time spent inside them
-- in: tenure
-- out: scope_no, persons, turns, hand_offs, persons_handed, returns, persons_returned, loops, persons_looped,
--   most_turns, loop_us
-- parameters: level, by
-- source: own; returns = turns - different holders; a loop leaves a holder for one other and comes straight back;
--   where two loops overlap (A-B-A-B) the time passes once; `by` is all, agency (the first holder), period (month of
--   the first turn) or person
with turn as (
    select
        person_no,
        nth,
        holder_no,
        month_no,
        from_us,
        before_left_us,
        holder_no = before_holder_no as looped,
        lag(holder_no = before_holder_no) over w as prev_looped,
        lag(from_us) over w as prev_from_us
    from tenure
    where level = $level
    window w as (partition by person_no order by nth)
),

held as (
    select
        person_no,
        min(case when nth = 1 then holder_no end) as first_holder_no,
        min(case when nth = 1 then month_no end) as first_month_no,
        count(*) as turns,
        count(distinct holder_no) as holders,
        sum(case when looped then 1 else 0 end) as loops,
        sum(
            case
                when looped and prev_looped then from_us - prev_from_us
                when looped then from_us - before_left_us
                else 0
            end
        ) as loop_us
    from turn
    group by person_no
)

select
    case
        when $by = 'agency' then first_holder_no
        when $by = 'period' then first_month_no
        when $by = 'person' then person_no
        else 0
    end as scope_no,
    count(*) as persons,
    cast(sum(turns) as bigint) as turns,
    cast(sum(turns - 1) as bigint) as hand_offs,
    cast(sum(case when turns > 1 then 1 else 0 end) as bigint) as persons_handed,
    cast(sum(turns - holders) as bigint) as returns,
    cast(sum(case when turns > holders then 1 else 0 end) as bigint) as persons_returned,
    cast(sum(loops) as bigint) as loops,
    cast(sum(case when loops > 0 then 1 else 0 end) as bigint) as persons_looped,
    max(turns) as most_turns,
    sum(loop_us) as loop_us
from held
group by scope_no
order by scope_no
