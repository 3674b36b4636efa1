"""The shop: what is sold, in which markets, and to whom."""
