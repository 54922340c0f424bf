"""Tests of making plans."""
