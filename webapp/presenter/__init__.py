"""Tools for a presenter: scenes, test cards and QR codes."""
