"""Fetching the pinned source archives through the registries' own clients, and unpacking them safely.

pip prepares a source distribution's metadata by running its build back end, which takes a minute and runs foreign code.
A stand-in for setuptools that only copies name and version out of PKG-INFO is put before it on the path, so pip does
nothing but download, check the hash, and store the file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from corpus.programs.manifest import Source

TIMEOUT_S: Final = 300.0
_BACK_END: Final = """
import pathlib, re, sys

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    text = pathlib.Path("PKG-INFO").read_text(encoding="utf-8")
    name, version = (re.search(rf"^{key}: (.*)$", text, re.M).group(1).strip() for key in ("Name", "Version"))
    folder = pathlib.Path(metadata_directory, f"{name.replace('-', '_')}-{version}.dist-info")
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    return folder.name

__legacy__ = sys.modules[__name__]
"""


class FetchError(RuntimeError):
    """A source archive cannot be had, or is not the one that the manifest names."""


def fetch(sources: list[Source], folder: Path) -> dict[str, Path]:
    """The archives of `sources` in `folder`, downloaded where they are not there yet.

    Raises:
        FetchError: a client is missing or fails, or a hash differs; the message has the client's own words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for registry, client in (("pypi", _pip_download), ("npm", _npm_pack)):
        missing = [s for s in sources if s.registry == registry and not _is_right(folder / s.archive, s)]
        if missing:
            with tempfile.TemporaryDirectory(prefix="fetch-", dir=folder) as place:
                client(missing, Path(place))
                for source in missing:
                    arrived = Path(place, source.archive)
                    if not _is_right(arrived, source):
                        raise FetchError(
                            f"{source.package} {source.version} came with sha256 {_digest(arrived)}, "
                            f"the manifest says {source.sha256}"
                        )
                    arrived.replace(folder / source.archive)
    return {source.name: folder / source.archive for source in sources}


def why_not_fetchable(source: Source, folder: Path) -> str:
    """Why `source` cannot be had on this machine, empty where it is in `folder` already or its client is there."""
    if source.registry != "npm" or shutil.which("npm") is not None or _is_right(folder / source.archive, source):
        return ""
    return f"npm is not installed, which brings {source.package} (Debian and Ubuntu: apt-get install npm)"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "none: no such file arrived"


def _is_right(path: Path, source: Source) -> bool:
    return path.is_file() and _digest(path) == source.sha256


def _pip_download(sources: list[Source], place: Path) -> None:
    stand_in = place / "stand-in" / "setuptools"
    stand_in.mkdir(parents=True)
    (stand_in / "__init__.py").write_text('__version__ = "80.0"\n')
    (stand_in / "build_meta.py").write_text(_BACK_END)
    wanted = place / "requirements.txt"
    wanted.write_text("".join(f"{s.package}=={s.version} --hash=sha256:{s.sha256}\n" for s in sources))
    options = ["--quiet", "--require-hashes", "--no-deps", "--no-build-isolation", "--use-pep517"]
    command = [sys.executable, "-m", "pip", "download", *options, "--no-binary", ":all:", "-d", str(place)]
    _client([*command, "-r", str(wanted)], place, {"PYTHONPATH": str(stand_in.parent)})


def _npm_pack(sources: list[Source], place: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError(f"npm is not installed; it brings {', '.join(s.package for s in sources)}")
    _client([npm, "pack", "--silent", *(f"{s.package}@{s.version}" for s in sources)], place, {})


def _client(command: list[str], place: Path, environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=place,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FetchError(f"{' '.join(command[:4])} … did not finish within {TIMEOUT_S:g} s") from None
    if done.returncode != 0:
        raise FetchError(f"{' '.join(command)} exited with {done.returncode}:\n{done.stderr.strip()[-2000:]}")


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack `archive` into `folder` (once) and return its top directory.

    Raises:
        FetchError: not a tar archive, or one with members outside its own directory.
    """
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(prefix="unpack-", dir=archive.parent) as place:
            try:
                with tarfile.open(archive) as opened:
                    opened.extractall(place, filter="data")
            except (tarfile.TarError, OSError) as error:
                raise FetchError(f"{archive.name} cannot be unpacked: {error}") from None
            try:
                Path(place).rename(folder)
            except OSError:
                if not folder.is_dir():
                    raise
            else:
                Path(place).mkdir()
    tops = list(folder.iterdir())
    if len(tops) != 1:
        raise FetchError(f"{archive.name} holds {len(tops)} entries at its top, not one directory")
    return tops[0]
