"""How calls travel to Xendit or to the sandbox."""
