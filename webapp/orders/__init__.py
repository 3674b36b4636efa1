"""Orders: what an order is, its statuses, and how it is stored."""
