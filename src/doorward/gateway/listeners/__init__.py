"""What the front process listens to beside pages and API."""
