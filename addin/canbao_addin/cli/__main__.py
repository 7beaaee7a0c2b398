"""`python -m canbao_addin.cli`: how an entry of the desktop starts the program, whose own script may lie anywhere."""

from canbao_addin.cli import main

if __name__ == "__main__":
    main()
