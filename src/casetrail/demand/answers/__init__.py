"""What the lists say, as answers: sentences, tables, charts, and what stands beside every estimate."""
