"""Toetsingskaders: rules as data (one TOML per kader), one small function per rule."""
