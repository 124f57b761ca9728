"""The vocabulary of Akuvox devices, from public manuals; see docs/protocols/akuvox.md."""
