"""`python -m insei`, the same as `insei`."""

from insei.system.child_process import leave_working_directory

leave_working_directory()

from insei.main import main  # noqa: E402, which imports much, and none of it from there

if __name__ == "__main__":
    main()
