"""Lists straight from a linked trail: which agencies know of which persons, as counts alone."""
