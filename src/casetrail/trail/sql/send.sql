-- relation: each time a case was sent to another body, and when that body first acted on it
-- in: step
-- out: person_no, seq, from_no, to_no, month_no, sent_us, ended_seq, ended_us, status
-- parameters: none
-- source: own; a transfer counts only when accepted, and a later sending supersedes an unaccepted one
with sent as (
    select
        person_no,
        seq,
        agency_no as from_no,
        passed_to_no as to_no,
        month_no,
        at_us as sent_us,
        lead(seq) over (partition by person_no order by seq) as next_sent_seq
    from step
    where
        passed_to_no is not null
        and passed_to_no is distinct from agency_no
        and passed_to_no is distinct from team_no
),

taken as (
    select sent.person_no, sent.seq, min(step.seq) as taken_seq
    from sent
    inner join step
        on
            sent.person_no = step.person_no
            and sent.seq < step.seq
            and (sent.to_no = step.agency_no or sent.to_no = step.team_no)
    group by sent.person_no, sent.seq
),

closed as (
    select
        sent.*,
        case
            when taken.taken_seq <= coalesce(sent.next_sent_seq, taken.taken_seq) then 'accepted'
            when sent.next_sent_seq is not null then 'superseded'
            else 'open'
        end as status,
        case
            when taken.taken_seq <= coalesce(sent.next_sent_seq, taken.taken_seq) then taken.taken_seq
            else sent.next_sent_seq
        end as end_seq
    from sent
    left join taken on sent.person_no = taken.person_no and sent.seq = taken.seq
),

last_step as (
    select person_no, until_us
    from step
    where next_activity_no is null
)

select
    closed.person_no,
    closed.seq,
    closed.from_no,
    closed.to_no,
    closed.month_no,
    closed.sent_us,
    coalesce(closed.end_seq, 2147483647) as ended_seq,
    coalesce(step.at_us, last_step.until_us) as ended_us,
    closed.status
from closed
inner join last_step on closed.person_no = last_step.person_no
left join step on closed.person_no = step.person_no and closed.end_seq = step.seq
