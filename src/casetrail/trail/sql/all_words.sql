-- relation: the names behind the numbers of activities, states and case types
-- in: word
-- out: word_no, word
-- parameters: none
-- source: own
select word_no, word from word order by word_no
