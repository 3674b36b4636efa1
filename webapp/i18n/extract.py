"""Collect the texts of code and templates into every ``locale/*.po`` (``make messages``).

New texts are added untranslated, and ``tests/i18n/test_languages.py`` fails until they are translated. The files hold
no dates, line numbers or names, to keep diffs small.
See https://babel.pocoo.org/en/latest/messages.html
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from webapp.i18n.translations import LOCALE

ROOT = Path(__file__).parents[2]
SOURCES = (("templates", "**.html", "jinja2"), ("webapp", "**/hosted/**.html", "jinja2"), ("webapp", "**.py", "python"))
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "Currency": (3,)}  # a Currency's third argument is its country's name
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def extract() -> Catalog:
    """Return every text marked with ``_``, ``ngettext`` or ``N_``, with the files that use it."""
    catalogue = Catalog()
    for folder, pattern, method in SOURCES:
        found = extract_from_dir(
            ROOT / folder,
            [(pattern, method)],
            {pattern: {"silent": "false", "trimmed": "true"}},
            KEYWORDS,
        )
        for file, _line, message, comments, context in found:
            where = [(f"{folder}/{file}", None)]
            catalogue.add(message, None, where, auto_comments=comments, context=context)  # type: ignore[arg-type]
    return catalogue


def update(file: Path, fresh: Catalog) -> None:
    """Write one catalogue again: add new texts untranslated, remove unused ones, keep the rest."""
    with file.open("rb") as source:
        catalogue = read_po(source, locale=file.stem)
    catalogue.update(fresh, no_fuzzy_matching=True)
    with file.open("wb") as target:
        target.write(HEADER.format(language=file.stem, plural_forms=catalogue.plural_forms).encode())
        write_po(target, catalogue, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)


def main() -> None:
    """Update all catalogues."""
    fresh = extract()
    for file in sorted(LOCALE.glob("*.po")):
        update(file, fresh)


if __name__ == "__main__":
    main()
