"""The part of the .oxt that runs inside LibreOffice: a file to pack, never imported from here."""

from importlib.resources import files


def read_handler() -> bytes:
    """Return the source of the handler."""
    return files(__name__).joinpath("handler.py").read_bytes()
