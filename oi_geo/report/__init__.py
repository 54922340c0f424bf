"""The results as JSON, tables and text."""
