-- relation: who held the case from when to when, read from the order of events (persons without recorded holders)
-- in: step, send, elapsed
-- out: level, person_no, nth, kind, reason, holder_no, from_us, to_us, from_month_no
-- parameters: level
-- source: own; the time after an event is held by the body that recorded it, unless the case was sent and not accepted,
--   was closed, or no body is recorded; a body that sends a case on or closes it held it for that moment
with placed as (
    select
        step.person_no,
        step.seq,
        step.at_us,
        step.month_no,
        case when $level = 'team' then step.team_no else step.agency_no end as body_no,
        case
            when send.person_no is not null then 'sent, not accepted'
            when step.closing then 'after closure'
            when case when $level = 'team' then step.team_no else step.agency_no end is null then 'nobody recorded'
        end as reason,
        coalesce(send.seq = step.seq, step.closing and send.person_no is null) as lets_go
    from step
    inner join elapsed on step.person_no = elapsed.person_no
    left join send
        on step.person_no = send.person_no and step.seq >= send.seq and step.seq < send.ended_seq
    where not elapsed.held_by_record
),

piece as (
    select person_no, seq, 1 as part, at_us, month_no, reason, case when reason is null then body_no end as holder_no
    from placed
    union all
    select person_no, seq, 0 as part, at_us, month_no, null as reason, body_no as holder_no
    from placed
    where lets_go and body_no is not null
),

marked as (
    select
        *,
        lag(seq) over w is null
        or reason is distinct from lag(reason) over w
        or holder_no is distinct from lag(holder_no) over w as starts
    from piece
    window w as (partition by person_no order by seq, part)
),

begun as (
    select
        person_no,
        cast(row_number() over w as integer) as nth,
        reason,
        holder_no,
        month_no,
        at_us as from_us,
        lead(at_us) over w as next_us
    from marked
    where starts
    window w as (partition by person_no order by seq, part)
)

select
    $level as level,
    begun.person_no,
    begun.nth,
    case when begun.holder_no is null then 'limbo' else 'held' end as kind,
    begun.reason,
    begun.holder_no,
    begun.from_us,
    coalesce(begun.next_us, elapsed.to_us) as to_us,
    begun.month_no as from_month_no
from begun
inner join elapsed on begun.person_no = elapsed.person_no
