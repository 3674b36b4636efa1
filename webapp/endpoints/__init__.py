"""One module a URL noun; none imports another."""
