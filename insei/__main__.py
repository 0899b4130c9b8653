"""`python -m insei`, the same as `insei`."""

from insei.main import main

if __name__ == "__main__":
    main()
