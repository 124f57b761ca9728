"""Where connectors and open pages are connected: asynchronous, beside Django, never inside it."""
