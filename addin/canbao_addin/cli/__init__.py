"""The command line: a thin face of the actions. Exit status 0 nothing wrong, 1 errors found, 2 could not run."""

from canbao_addin.cli.main import main

__all__ = ["main"]
