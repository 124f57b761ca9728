"""Routes of what several rooms have together: search, and the accounts one looks after."""
