"""The staff portal: its frame, its menu by role, and every page that shows two rooms."""
