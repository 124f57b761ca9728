"""What has happened that somebody should know: an inbox for each account, and mail."""
