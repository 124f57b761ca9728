"""The drivers: one module a vendor, and the table that names them."""
