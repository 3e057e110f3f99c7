"""An event loop over a network of stations, as data: tokens of persons move, wait, are worked on and held.

`shape` says what a model and a state are, `loop.run` moves a state on to a time, `plain` is the slow twin.
What each step does, in which order, is written down in `docs/network.md`.
"""
