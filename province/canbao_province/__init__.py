"""Beyond one county: what counties give to their prefecture or province, and what it finds between them."""
