"""Persons recorded once, twice, three times: how many were never recorded? From one source alone, or a refusal."""
