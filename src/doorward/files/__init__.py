"""Files that are kept sealed, and long work that reads and makes them."""
