"""The part of the .oxt that runs inside LibreOffice: a file to pack, never imported from here."""
