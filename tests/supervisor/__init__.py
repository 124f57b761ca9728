"""Claims about `doorward run`: starting, keeping alive, killing, ending."""
