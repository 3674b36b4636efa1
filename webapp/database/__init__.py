"""The database: SQLite or Postgres."""
