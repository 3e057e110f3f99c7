"""The shape of every table that rooms hand on."""
