"""The endpoints: one module for each URL noun. None imports another."""
