-- relation: one number per activity, state or case type named anywhere, in the order of the words
-- in: event_raw
-- out: word_no, word
-- parameters: none
-- source: own
select cast(row_number() over (order by word) as integer) as word_no, word
from (
    select activity as word from event_raw
    union
    select state as word from event_raw
    union
    select case_type as word from event_raw
) as named
where word is not null
