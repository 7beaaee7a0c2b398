"""What a person can do: written once, called by the command line and by the add-in."""
