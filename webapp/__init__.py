"""Selat Coffee Roasters: a demo storefront for Xendit."""
