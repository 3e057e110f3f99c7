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
    cast(sum(summed.held_us) as bigint) as held_us,
    cast(sum(summed.joint_us) as bigint) as joint_us,
    cast(sum(summed.limbo_us) as bigint) as limbo_us,
    cast(sum(elapsed.to_us - elapsed.from_us) as bigint) as elapsed_us,
    (select cast(sum(step.until_us - step.at_us) as bigint) from step) as states_us,
    count(*) as persons,
    sum(
        case
            when coalesce(summed.held_us + summed.joint_us + summed.limbo_us, -1) = elapsed.to_us - elapsed.from_us then 0
            else 1
        end
    ) as persons_unequal
from elapsed
left join summed on elapsed.person_no = summed.person_no
