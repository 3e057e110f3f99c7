"""Log-linear models of several lists: which exist on these counts, how they fit, and which is best."""
