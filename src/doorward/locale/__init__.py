"""What each language brings: its sentences and its formats."""
