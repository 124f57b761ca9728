"""What accounts are told, and what levels have to say to those below them."""
