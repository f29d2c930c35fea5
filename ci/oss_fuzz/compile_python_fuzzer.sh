#!/bin/bash -eu
# Stands in for the program of this name of OSS-Fuzz' base-builder-python: one PyInstaller bundle, and a script that starts
# it. Without sanitizers: there is no native code of ours.
source_file=$1
shift
name=$(basename -s .py "$source_file")
work=$WORK/$name
rm -rf "$work"
mkdir -p "$work"
python3 -m PyInstaller --distpath "$OUT" --workpath "$work" --specpath "$work" --onefile --name "$name.pkg" "$@" "$source_file"
chmod -x "$OUT/$name.pkg" # what is executable in $OUT is taken for a target
cat > "$OUT/$name" <<EOS
#!/bin/sh
# LLVMFuzzerTestOneInput: by this word the platform knows a target.
here=\$(dirname "\$0")
[ -x "\$here/$name.pkg" ] || chmod +x "\$here/$name.pkg"
exec "\$here/$name.pkg" "\$@"
EOS
chmod +x "$OUT/$name"
