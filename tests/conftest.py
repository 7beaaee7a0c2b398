"""What all tests have in common."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # how fast something is, is for the benchmark
settings.load_profile("untimed")
