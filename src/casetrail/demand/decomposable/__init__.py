"""Bayesian averaging over decomposable graphs: which lists depend on which, and how many are on none, at once."""
