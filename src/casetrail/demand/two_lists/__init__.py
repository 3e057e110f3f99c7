"""Two lists: how many are on neither, over a range of how far being on one goes with being on the other."""
