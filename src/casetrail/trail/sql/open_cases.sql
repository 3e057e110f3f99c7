-- relation: at the first moment of each month, how many trails had begun and not ended; and how many began in that month
-- in: elapsed, month
-- out: month_no, open_cases, begun, begun_total_us
-- parameters: none
-- source: Little, Operations Research 9 (1961): L = lambda W, here counted at moments and compared with arrivals times length
select
    month.month_no,
    sum(case when elapsed.from_us <= month.from_us and elapsed.to_us > month.from_us then 1 else 0 end) as open_cases,
    sum(case when elapsed.from_us >= month.from_us and elapsed.from_us < month.to_us then 1 else 0 end) as begun,
    sum(
        case
            when elapsed.from_us >= month.from_us and elapsed.from_us < month.to_us then elapsed.to_us - elapsed.from_us
            else 0
        end
    ) as begun_total_us
from month
cross join elapsed
group by month.month_no
order by month.month_no
