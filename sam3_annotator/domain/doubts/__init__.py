"""Where a model's masklets are probably wrong: signals, their sum, and how far to trust it."""
