"""The sentences of the product in other languages: collected, kept in catalogues, compiled."""
