"""Goals of a policy year: what is counted, against what, by when; ranks, prizes and cuts."""
