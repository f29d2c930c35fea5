"""Real programs, pinned by hash and built for the guest and for the host. (Being written by helper CORPUS, not QEMU.)"""
