"""Alembic: every change of the database's shape, from the first table."""
