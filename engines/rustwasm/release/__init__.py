"""The release back end: from a module to a smaller and faster one that does the same.

`tree` gives bodies a form to work on; then one pass a file; `pipeline` says in which order.
"""
