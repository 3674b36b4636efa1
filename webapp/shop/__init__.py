"""The shop: products, markets, cart and visitor."""
