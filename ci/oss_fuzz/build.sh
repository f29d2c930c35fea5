#!/bin/bash -eu
# Builds one bundle per target into $OUT: program, seed corpus, dictionary, options. Run by OSS-Fuzz, by ClusterFuzzLite
# and by `python -m ci.oss_fuzz`; the last sets COUNTERPROOF_TARGETS (which to build) and COUNTERPROOF_INSTALLED (the
# packages are there already).
cd "$SRC/counterproof"

if [ -z "${COUNTERPROOF_INSTALLED:-}" ]; then
    python3 -m pip install ".[oracles,wasm,fuzz]" "pyinstaller>=6"
fi

for target in ${COUNTERPROOF_TARGETS:-$(python3 -m ci.oss_fuzz.bundle list)}; do
    mapfile -t flags < <(python3 -m ci.oss_fuzz.bundle flags "$target")
    compile_python_fuzzer "fuzz/targets/fuzz_$target.py" "${flags[@]}"
    python3 -m ci.oss_fuzz.bundle data "$target" "$OUT"
done
