"""Coverage-guided targets, one file each: `fuzz_NAME.py` holds a function of bytes that must not raise.

`target.py` says what a target is, `catalogue.py` finds them by listing this directory, `engine.py` runs one under
atheris, `sampling.py` without it. `counterproof fuzz list` shows them. Thin on purpose: generators and judges live
elsewhere.
"""
