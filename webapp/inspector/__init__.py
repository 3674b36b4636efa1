"""The inspector, on screen "Behind the counter": records calls, answers and webhooks, and shows them."""
