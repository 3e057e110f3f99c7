"""Latent classes: persons of several kinds, each kind seen by the lists with chances of its own."""
