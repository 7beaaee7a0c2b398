"""Installing the add-in in Excel and in LibreOffice, and the manual that goes with it."""
