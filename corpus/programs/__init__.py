"""Real C programs for riscv64 Linux and for this machine: sources pinned by hash, built on demand, cached."""
