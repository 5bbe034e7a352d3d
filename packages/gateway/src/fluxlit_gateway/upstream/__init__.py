"""What stands behind the gateway: the Protocols it asks, and the two simplest things that meet them."""
