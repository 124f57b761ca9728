"""The product as its users meet it: real processes, a real browser, pretend devices."""
