-- relation: the kinds of event before the end of a period, with a number each: who recorded what in which source
-- in: step, event_raw
-- out: kind_no, source, agency_no, activity_no, outcome, severity, events
-- parameters: since_us, until_us, by_outcome, by_severity
-- source: own; `events` are those inside the half-open period; kinds from before it count too, because they say who knew
--   of a person first; outcome and severity divide kinds only where asked for, for a scale has many values
with occurred as (
    select
        raw.source,
        step.agency_no,
        step.activity_no,
        case when $by_outcome then raw.outcome end as outcome,
        case when $by_severity then raw.severity end as severity,
        case when step.at_us >= $since_us then 1 else 0 end as inside
    from step
    inner join event_raw as raw on step.row_no = raw.row_no
    where step.at_us < $until_us
),

kind as (
    select source, agency_no, activity_no, outcome, severity, sum(inside) as events
    from occurred
    group by source, agency_no, activity_no, outcome, severity
)

select
    cast(row_number() over (order by source, agency_no, activity_no, outcome, severity) as integer) as kind_no,
    source,
    agency_no,
    activity_no,
    outcome,
    severity,
    events
from kind
order by kind_no
