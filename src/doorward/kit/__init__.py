"""Our small framework; it knows no door."""
