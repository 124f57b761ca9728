"""Pretend door phones: their local API, their own decisions and a wall to play with them."""
