"""Bytes into words and words into bytes: pure functions, no sockets, no clock."""
