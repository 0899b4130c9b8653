"""What knows no Go: files, locks, child processes, configurations, errors, the pool of actors, Ray."""
