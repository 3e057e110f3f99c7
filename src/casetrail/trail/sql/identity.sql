-- relation: held + joint + limbo against elapsed, in whole microseconds
-- in: spell, elapsed, step
-- out: held_us, joint_us, limbo_us, elapsed_us, states_us, persons, persons_unequal
-- parameters: level
-- source: own
with summed as (
    select
        person_no,
        sum(case when kind = 'held' then to_us - from_us else 0 end) as held_us,
        sum(case when kind = 'joint' then to_us - from_us else 0 end) as joint_us,
        sum(case when kind = 'limbo' then to_us - from_us else 0 end) as limbo_us
    from spell
    where level = $level
    group by person_no
)

select
    sum(coalesce(summed.held_us, 0)) as held_us,
    sum(coalesce(summed.joint_us, 0)) as joint_us,
    sum(coalesce(summed.limbo_us, 0)) as limbo_us,
    sum(elapsed.to_us - elapsed.from_us) as elapsed_us,
    (select sum(step.until_us - step.at_us) from step) as states_us,
    count(*) as persons,
    sum(
        case
            when coalesce(summed.held_us + summed.joint_us + summed.limbo_us, 0) = elapsed.to_us - elapsed.from_us then 0
            else 1
        end
    ) as persons_unequal
from elapsed
left join summed on elapsed.person_no = summed.person_no
