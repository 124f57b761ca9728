"""Pages of what one was told, and of messages, one module a noun."""
