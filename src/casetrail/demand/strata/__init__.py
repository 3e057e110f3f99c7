"""Lists by stratum: each alone, all together, and each with what the others teach about it."""
