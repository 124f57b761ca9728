"""Sites and the companies in them."""
