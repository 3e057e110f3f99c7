"""How much was there really, and what never got recorded? Estimates from lists that overlap, or a refusal."""
