-- relation: length of cases that one body held against those that several held
-- in: spell, elapsed
-- out: scope_no, several, persons, mean_us, median_us
-- parameters: level, by
-- source: own; several = in turn or jointly; a case that nobody held is left out; `by` as in duration
with held as (
    select person_no, count(distinct holder_no) > 1 or max(case when kind = 'joint' then 1 else 0 end) = 1 as several
    from spell
    where level = $level and kind <> 'limbo'
    group by person_no
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
    held.several,
    count(*) as persons,
    avg(elapsed.to_us - elapsed.from_us) as mean_us,
    median(elapsed.to_us - elapsed.from_us) as median_us
from held
inner join elapsed on held.person_no = elapsed.person_no
group by scope_no, held.several
order by scope_no, held.several
