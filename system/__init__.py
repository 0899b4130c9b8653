"""What knows no Go: files, locks, child processes, configurations, errors, actors on Ray."""
