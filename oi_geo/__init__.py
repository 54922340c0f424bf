"""Regio's, gemeentehubs and wijkverbanden of Dutch primary care: read, test and map them."""

__version__ = "0.1.0"
