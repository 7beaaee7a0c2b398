"""What every person is owed and why, said once (decision 0027)."""
