"""Compiled code on disk: the format, and the translation of whole programs."""
