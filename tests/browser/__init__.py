"""The pages as people use them: in a real browser, against real processes."""
