"""Apply the numbered files of ``migrations/`` to the database."""

from pathlib import Path

from webapp.database.connection import Database

MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(database: Database) -> list[str]:
    """Apply each file that the database does not have yet, in one transaction with a lock. Return their names."""
    applied: list[str] = []
    async with database.write() as connection:  # BEGIN IMMEDIATE is SQLite's lock
        if database.driver == "asyncpg":
            await connection.execute("SELECT pg_advisory_xact_lock(7335720)")
        await connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)")
        rows = await connection.fetch("SELECT name FROM migrations")
        done = {row["name"] for row in rows}
        for file in sorted(MIGRATIONS.glob("*.sql")):
            if file.name in done:
                continue
            for statement in file.read_text(encoding="utf-8").split(";\n"):
                if statement.strip():
                    await connection.execute(statement)
            # the names are our own files, so they need no escaping
            await connection.execute(f"INSERT INTO migrations (name) VALUES ('{file.name}')")  # noqa: S608
            applied.append(file.name)
    return applied


async def unapplied(database: Database) -> list[str]:
    """Return the names of the files that the database does not have yet. It is not changed."""
    names = sorted(file.name for file in MIGRATIONS.glob("*.sql"))
    table = "sqlite_master WHERE name" if database.driver == "sqlite" else "information_schema.tables WHERE table_name"
    async with database.read() as connection:
        if not await connection.fetch(f"SELECT 1 FROM {table} = 'migrations'"):  # noqa: S608 - two constants
            return names
        done = {row["name"] for row in await connection.fetch("SELECT name FROM migrations")}
    return [name for name in names if name not in done]
