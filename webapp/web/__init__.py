"""What every request passes, and what every page shares."""
