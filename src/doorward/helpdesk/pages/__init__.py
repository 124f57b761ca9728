"""Pages of the helpdesk, one module a noun."""
