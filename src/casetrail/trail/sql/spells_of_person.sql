-- relation: one person's spells in order: held by one, jointly, or limbo
-- in: spell, body
-- out: level, nth, kind, reason, holder, from_us, to_us
-- parameters: person_no
-- source: own
select spell.level, spell.nth, spell.kind, spell.reason, body.body as holder, spell.from_us, spell.to_us
from spell
left join body on spell.holder_no = body.body_no
where spell.person_no = $person_no
order by spell.level, spell.nth
