"""Daily, weekly and monthly forms: what happened in a period, beside the period before it."""
