"""Lists that others send: read once, kept as workbooks of ours, held against what the units handed in."""
