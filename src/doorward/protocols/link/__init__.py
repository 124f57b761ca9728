"""What the gateway and a connector say to each other."""
