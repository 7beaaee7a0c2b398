"""The county office: imported lists, merge, targets, reconciliation, reports and the submission."""
