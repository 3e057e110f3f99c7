"""Overlaps of lists that were linked with error: what they would be without it, and what that changes."""
