"""The sheet of a roster as it came back: where its table is, which headers it has, which of its rows are no persons."""
