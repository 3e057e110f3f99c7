-- relation: cases sent from one body to another: accepted, superseded or still open, and how long that took
-- in: send
-- out: scope_no, from_no, to_no, status, persons, times, mean_us, median_us, most_us, total_us
-- parameters: by
-- source: own; `by` is all, agency (the sender), period (month of sending) or person
select
    case
        when $by = 'agency' then from_no
        when $by = 'period' then month_no
        when $by = 'person' then person_no
        else 0
    end as scope_no,
    from_no,
    to_no,
    status,
    count(distinct person_no) as persons,
    count(*) as times,
    avg(ended_us - sent_us) as mean_us,
    median(ended_us - sent_us) as median_us,
    max(ended_us - sent_us) as most_us,
    sum(ended_us - sent_us) as total_us
from send
group by scope_no, from_no, to_no, status
order by scope_no, total_us desc, from_no, to_no, status
