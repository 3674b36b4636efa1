"""One database: SQLite or Postgres."""
