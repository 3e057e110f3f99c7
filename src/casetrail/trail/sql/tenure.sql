-- relation: turns at holding a case: spells of one holder, with limbo and joint time between two turns left out
-- in: spell
-- out: level, person_no, nth, holder_no, from_us, left_us, prev_holder_no, before_holder_no, before_left_us, month_no
-- parameters: level
-- source: own; consecutive spells of one holder are one turn; `left_us` is the end of the previous holder's turn
with marked as (
    select
        person_no,
        nth,
        holder_no,
        from_us,
        from_month_no as month_no,
        lag(holder_no) over w as last_holder_no,
        lag(to_us) over w as last_to_us
    from spell
    where kind = 'held' and level = $level
    window w as (partition by person_no order by nth)
)

select
    $level as level,
    person_no,
    cast(row_number() over w as integer) as nth,
    holder_no,
    from_us,
    last_to_us as left_us,
    last_holder_no as prev_holder_no,
    lag(holder_no, 2) over w as before_holder_no,
    lag(last_to_us) over w as before_left_us,
    month_no
from marked
where last_holder_no is distinct from holder_no
window w as (partition by person_no order by nth)
