"""Translations of the shop's texts."""
