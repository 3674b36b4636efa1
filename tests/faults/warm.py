"""Loaded by the server that shops are forked from: every template in English, and the SQL of both databases."""

from tests.sooner import read_once
from webapp.app import create_app
from webapp.config import Settings

read_once()
for url in ("sqlite:////nowhere/shop.db", "postgresql://nowhere/shop"):
    templates = create_app(Settings(secret_key="w" * 64, database_url=url)).state.shop.templates
    for name in templates.environment("en").list_templates(extensions=["html"]):
        templates.environment("en").get_template(name)
