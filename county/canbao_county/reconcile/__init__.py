"""The county's accounts: what a policy wants reconciled, figure by figure and person by person; nothing is netted."""
