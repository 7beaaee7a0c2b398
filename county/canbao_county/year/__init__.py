"""From one year to the next: what-if, what changed between two submissions, last year's persons."""
