"""Webhooks to a server under development, without an order in it: `xendit-sandbox send`."""
