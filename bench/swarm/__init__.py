"""A thousand pretend connectors in one process, speaking the real link with keys of their own."""
