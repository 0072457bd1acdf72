"""The review panel: what to look at first, verdicts on it, and how well the order has served."""
