"""What each sub-command does; loaded only when it is called, so that `--help` is immediate."""
