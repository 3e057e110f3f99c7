-- relation: who held the case from when to when, read from recorded holders: one, several, or nobody
-- in: holding, elapsed, send, month
-- out: level, person_no, nth, kind, reason, holder_no, from_us, to_us, from_month_no
-- parameters: level
-- source: own; between two moments at which anything changes the set of holders is constant; two sets are compared by
--   their size, lowest, highest and a sum of 64-bit halves of MD5, so that different sets are taken for one by chance 2^-64
with moment as (
    select person_no, from_us as at_us from holding
    union
    select person_no, to_us as at_us from holding
    union
    select person_no, from_us as at_us from elapsed where held_by_record
    union
    select person_no, to_us as at_us from elapsed where held_by_record
    union
    select send.person_no, send.sent_us as at_us
    from send
    inner join elapsed on send.person_no = elapsed.person_no
    where elapsed.held_by_record
    union
    select send.person_no, send.ended_us as at_us
    from send
    inner join elapsed on send.person_no = elapsed.person_no
    where elapsed.held_by_record
),

slice as (
    select *
    from (
        select person_no, at_us as from_us, lead(at_us) over (partition by person_no order by at_us) as to_us
        from moment
    ) as cut
    where to_us is not null
),

covered as (
    select
        slice.person_no,
        slice.from_us,
        slice.to_us,
        count(distinct case when $level = 'team' then holding.team_no else holding.agency_no end) as holders,
        min(case when $level = 'team' then holding.team_no else holding.agency_no end) as lowest_no,
        max(case when $level = 'team' then holding.team_no else holding.agency_no end) as highest_no,
        sum(
            distinct md5_number_lower(
                cast(case when $level = 'team' then holding.team_no else holding.agency_no end as varchar)
            )
        ) as set_sum
    from slice
    left join holding
        on
            slice.person_no = holding.person_no
            and slice.from_us >= holding.from_us
            and slice.to_us <= holding.to_us
    group by slice.person_no, slice.from_us, slice.to_us
),

named as (
    select
        covered.person_no,
        covered.from_us,
        covered.to_us,
        case when covered.holders = 0 then 'limbo' when covered.holders = 1 then 'held' else 'joint' end as kind,
        case
            when covered.holders > 0 then null
            when max(send.seq) is not null then 'sent, not accepted'
            else 'nobody recorded'
        end as reason,
        case when covered.holders = 1 then covered.lowest_no end as holder_no,
        covered.holders,
        covered.lowest_no,
        covered.highest_no,
        covered.set_sum
    from covered
    left join send
        on
            covered.person_no = send.person_no
            and covered.from_us >= send.sent_us
            and covered.to_us <= send.ended_us
    group by
        covered.person_no,
        covered.from_us,
        covered.to_us,
        covered.holders,
        covered.lowest_no,
        covered.highest_no,
        covered.set_sum
),

marked as (
    select
        *,
        lag(from_us) over w is null
        or reason is distinct from lag(reason) over w
        or holders <> lag(holders) over w
        or lowest_no is distinct from lag(lowest_no) over w
        or highest_no is distinct from lag(highest_no) over w
        or set_sum is distinct from lag(set_sum) over w as starts
    from named
    window w as (partition by person_no order by from_us)
),

begun as (
    select *, lead(from_us) over (partition by person_no order by from_us) as next_us
    from marked
    where starts
)

select
    $level as level,
    begun.person_no,
    cast(row_number() over (partition by begun.person_no order by begun.from_us) as integer) as nth,
    begun.kind,
    begun.reason,
    begun.holder_no,
    begun.from_us,
    coalesce(begun.next_us, elapsed.to_us) as to_us,
    month.month_no as from_month_no
from begun
inner join elapsed on begun.person_no = elapsed.person_no
left join month on begun.from_us >= month.from_us and begun.from_us < month.to_us
