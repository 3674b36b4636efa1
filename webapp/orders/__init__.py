"""Orders, their statuses and their storage."""
