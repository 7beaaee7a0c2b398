"""What a person touches: actions and the command line."""
