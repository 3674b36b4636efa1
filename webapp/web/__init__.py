"""The web layer: middleware, templates, forms, and the state of a running shop."""
