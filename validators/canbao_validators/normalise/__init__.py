"""What a typed value means (identity.md section 7): pure functions, one module per topic, and their use on columns."""
