"""The typed generator of IR blocks: every block that it makes is well formed."""
