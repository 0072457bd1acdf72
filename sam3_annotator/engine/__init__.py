"""Scheduling of the model's work: requests in, results out, one thread; neither Qt nor torch."""
