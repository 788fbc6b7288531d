"""Backline reviews the backend part of a pull request; ARCHITECTURE.md draws the rooms."""

__version__ = "0.1.0"
