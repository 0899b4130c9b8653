"""What knows no Go: files written whole, locks, child processes, configurations, Ray."""
