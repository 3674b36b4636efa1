"""The HTTP client for Xendit and the sandbox, and the synchronisation of orders."""
