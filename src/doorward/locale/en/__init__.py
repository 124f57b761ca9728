"""English, in which the sources are written."""
