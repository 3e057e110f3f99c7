-- relation: recorded holders of each person as known on the day, clipped to the end of the inquiry
-- in: involvement
-- out: person_no, agency_no, team_no, from_us, to_us
-- parameters: known_on_us, as_of_us
-- source: own; a period of no length (from = to) stands: it says that somebody kept a record of holding
select
    person_no,
    agency_no,
    team_no,
    from_us,
    least(coalesce(to_us, $as_of_us), $as_of_us) as to_us
from involvement
where
    role = 'holder'
    and from_us <= least(coalesce(to_us, $as_of_us), $as_of_us)
    and (
        cast($known_on_us as bigint) is null
        or (from_us <= $known_on_us and coalesce(recorded_us, from_us) <= $known_on_us)
    )
