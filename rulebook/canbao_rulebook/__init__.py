"""What is true: policy years, rosters, the formula language, findings. Knows no file format."""
