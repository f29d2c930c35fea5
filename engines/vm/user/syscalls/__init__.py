"""Linux system calls, one module per family; `table.py` joins them."""
