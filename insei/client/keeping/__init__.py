"""Games as files: those that the user saves, and those that the client keeps."""
