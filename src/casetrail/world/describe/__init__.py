"""From declarations to arrays: the process of each agency, its parameters and a scenario become a network model."""
