"""From township workbooks to the county: persons across townships, decisions, totals, thresholds."""
