-- relation: names of activities and agencies in the records, how often, and when first and last
-- in: step, event_raw
-- out: used_as, word, persons, times, first_us, last_us
-- parameters: none
-- source: own
with named as (
    select 'activity' as used_as, raw.activity as word, step.person_no, step.at_us
    from step
    inner join event_raw as raw on step.row_no = raw.row_no
    union all
    select 'agency' as used_as, raw.agency as word, step.person_no, step.at_us
    from step
    inner join event_raw as raw on step.row_no = raw.row_no
)

select
    used_as,
    word,
    count(distinct person_no) as persons,
    count(*) as times,
    min(at_us) as first_us,
    max(at_us) as last_us
from named
where word is not null
group by used_as, word
order by used_as, word
