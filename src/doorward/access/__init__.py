"""Who may open which door, and when: credentials, access groups and their weekly windows."""
