"""An open, self-hosted cloud for IP intercoms and door access."""

__version__ = "0.1.0"
