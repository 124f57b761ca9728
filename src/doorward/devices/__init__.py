"""MAC library, connectors, devices, doors, orders, and the shelf of what a device should hold."""
