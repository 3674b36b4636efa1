"""The inspector ("Behind the counter"): record calls, answers and webhooks, and show them."""
