-- relation: who held the case from when to when, read from the order of events (persons without recorded holders)
-- in: step, send, elapsed
-- out: level, person_no, nth, kind, reason, holder_no, from_us, to_us, from_month_no
-- parameters: level
-- source: own; the time after an event is held by the body that recorded it, unless the case was sent and not accepted,
--   was closed, or no body is recorded; a body that sends a case on or closes it held it for that moment
with changed as (
    select
        person_no,
        seq,
        at_us,
        month_no,
        closing,
        after_closing,
        case when $level = 'team' then team_no else agency_no end as body_no,
        case when $level = 'team' then new_team else new_agency end as new_body
    from step
    where may_turn
),

-- Why nobody holds the case after a step, and before it: 1 sent, not accepted; 2 after closure; 3 nobody recorded.
placed as (
    select
        changed.person_no,
        changed.seq,
        changed.at_us,
        changed.month_no,
        changed.body_no,
        changed.new_body,
        case
            when send.seq is not null then 1
            when changed.closing then 2
            when changed.body_no is null then 3
            else 0
        end as why,
        case
            when ended.seq is not null or send.seq < changed.seq then 1
            when changed.after_closing then 2
            when changed.body_no is null and not changed.new_body then 3
            else 0
        end as last_why,
        changed.body_no is not null
        and coalesce(send.seq = changed.seq, changed.closing and send.seq is null) as lets_go,
        elapsed.to_us as end_us
    from changed
    inner join elapsed on changed.person_no = elapsed.person_no
    left join send
        on changed.person_no = send.person_no and changed.seq >= send.seq and changed.seq < send.ended_seq
    left join send as ended on changed.person_no = ended.person_no and changed.seq = ended.ended_seq
    where not elapsed.held_by_record
),

begun as (
    select person_no, 2 * seq as place, at_us, month_no, end_us, why, case when why = 0 then body_no end as holder_no
    from placed
    where seq = 1 or lets_go or why <> last_why or (why = 0 and new_body)
    union all
    select person_no, 2 * seq - 1 as place, at_us, month_no, end_us, 0 as why, body_no as holder_no
    from placed
    where lets_go and (seq = 1 or last_why <> 0 or new_body)
),

-- The words come after the window: sorting text costs more than the rest of this relation.
bounded as (
    select
        person_no,
        cast(row_number() over w as integer) as nth,
        why,
        holder_no,
        at_us as from_us,
        coalesce(lead(at_us) over w, end_us) as to_us,
        month_no
    from begun
    window w as (partition by person_no order by place)
)

select
    $level as level,
    person_no,
    nth,
    case when why = 0 then 'held' else 'limbo' end as kind,
    case why when 1 then 'sent, not accepted' when 2 then 'after closure' when 3 then 'nobody recorded' end as reason,
    holder_no,
    from_us,
    to_us,
    month_no as from_month_no
from bounded
