"""The actions of the ribbon without a spreadsheet program around them: for file managers and desktops."""
