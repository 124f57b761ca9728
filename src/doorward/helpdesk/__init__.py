"""Help: tickets between somebody and the level above them."""
