-- relation: from one dated fact of a case to another, and whether that was within the case's own limit
-- in: elapsed, fact
-- out: scope_no, persons, both_known, unknown, mean_us, median_us, met, missed, limit_unknown
-- parameters: start, finish, limit, until_us, by
-- source: own; without a finish the span is unknown, never zero and never "late"; a start or finish after `until_us`
--   (the day of --known-on) was not known then; a limit is set in advance
with dated as (
    select
        elapsed.person_no,
        elapsed.first_agency_no,
        elapsed.first_team_no,
        elapsed.first_month_no,
        elapsed.first_type_no,
        min(case when fact.name = $start and fact.at_us <= coalesce($until_us, fact.at_us) then fact.at_us end) as start_us,
        min(case when fact.name = $finish and fact.at_us <= coalesce($until_us, fact.at_us) then fact.at_us end) as finish_us,
        min(case when fact.name = $limit then fact.at_us end) as limit_us
    from elapsed
    left join fact on elapsed.person_no = fact.person_no
    group by
        elapsed.person_no,
        elapsed.first_agency_no,
        elapsed.first_team_no,
        elapsed.first_month_no,
        elapsed.first_type_no
)

select
    case
        when $by = 'agency' then dated.first_agency_no
        when $by = 'team' then dated.first_team_no
        when $by = 'period' then dated.first_month_no
        when $by = 'type' then dated.first_type_no
        when $by = 'person' then dated.person_no
        else 0
    end as scope_no,
    count(*) as persons,
    count(finish_us - start_us) as both_known,
    count(*) - count(finish_us - start_us) as unknown,
    avg(finish_us - start_us) as mean_us,
    median(finish_us - start_us) as median_us,
    sum(case when finish_us <= limit_us then 1 else 0 end) as met,
    sum(case when finish_us > limit_us then 1 else 0 end) as missed,
    sum(case when finish_us is null or limit_us is null then 1 else 0 end) as limit_unknown
from dated
group by scope_no
order by scope_no
