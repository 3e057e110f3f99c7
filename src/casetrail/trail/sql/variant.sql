-- relation: different orders of activities, by hash: how many cases take each
-- in: step, word, elapsed
-- out: scope_no, variant, persons, events, example_no
-- parameters: by
-- source: own; two sums of 64-bit halves of MD5 over (place, activity): equal orders give equal sums, different orders
--   collide with a chance of about 2^-64 per pair of cases
with pair as (
    select distinct seq, activity_no
    from step
),

coded as (
    select
        pair.seq,
        pair.activity_no,
        md5_number_lower(pair.seq || ' ' || word.word) as low,
        md5_number_upper(pair.seq || ' ' || word.word) as high
    from pair
    inner join word on pair.activity_no = word.word_no
),

ordered as (
    select
        step.person_no,
        count(*) as events,
        sum(coded.low) as low,
        sum(coded.high) as high
    from step
    inner join coded on step.seq = coded.seq and step.activity_no = coded.activity_no
    group by step.person_no
)

select
    case
        when $by = 'agency' then elapsed.first_agency_no
        when $by = 'team' then elapsed.first_team_no
        when $by = 'period' then elapsed.first_month_no
        when $by = 'type' then elapsed.first_type_no
        when $by = 'person' then elapsed.person_no
        else 0
    end as scope_no,
    substr(md5(ordered.low || ' ' || ordered.high), 1, 16) as variant,
    count(*) as persons,
    min(ordered.events) as events,
    min(ordered.person_no) as example_no
from ordered
inner join elapsed on ordered.person_no = elapsed.person_no
group by scope_no, ordered.low, ordered.high
order by scope_no, persons desc, events, variant
