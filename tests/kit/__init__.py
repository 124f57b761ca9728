"""The small framework: pages, lists, deeds on many."""
