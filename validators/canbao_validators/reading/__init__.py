"""From a file that may be anything to what its cells hold."""
