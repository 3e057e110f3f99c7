"""Make the people of an authority, run the years, and say what happened."""
