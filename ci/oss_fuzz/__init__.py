"""Continuous fuzzing: the files that OSS-Fuzz and ClusterFuzzLite want, and the same build run here.

`build.sh` is the one build script; `bundle.py` knows what a target's bundle needs; `python -m ci.oss_fuzz` runs the
build script with a stand-in for the platform's `compile_python_fuzzer` and starts every bundle.
"""
