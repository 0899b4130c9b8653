"""SGF files, read and written."""
