"""Compiles the modules that are named on the command line with mypyc, in the folder that it runs in.

A program of its own, since mypyc and setuptools work on the process that they run in: `compiled_compiler` starts it.
The C files, which setuptools would compile one after the other, are compiled on all processors, the largest first;
after each a line on standard output says how far it is: `progress DONE ALL`.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mypyc.build import mypycify
from setuptools import setup
from setuptools.command.build_ext import build_ext

FLAGS = ("-fvisibility=hidden", "-fno-semantic-interposition")
"""Functions of one module call those of another without looking up who has the name."""


class _Build(build_ext):
    """Compiles all there is to compile at once, and then links."""

    def build_extensions(self) -> None:
        work = [(Path(source).stat().st_size, source, one) for one in self.extensions for source in one.sources]
        work.sort(key=lambda item: item[0], reverse=True)
        objects: dict[int, list[str]] = {id(one): [] for one in self.extensions}
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            made = pool.map(lambda item: self._object(item[1], item[2]), work)
            for done, (item, compiled) in enumerate(zip(work, made, strict=True), 1):
                objects[id(item[2])] += compiled
                print(f"progress {done} {len(work)}", flush=True)
        for one in self.extensions:
            one.sources, one.extra_objects = [], sorted(objects[id(one)])
        super().build_extensions()

    def _object(self, source: str, extension: Any) -> list[str]:
        made: list[str] = self.compiler.compile(
            [source],
            output_dir=self.build_temp,
            include_dirs=extension.include_dirs,
            extra_postargs=[*extension.extra_compile_args, *FLAGS],
            depends=extension.depends,
        )
        return made


if __name__ == "__main__":
    modules = mypycify(sys.argv[1:], opt_level="1", debug_level="0", multi_file=True)
    setup(
        name="compiler",
        ext_modules=modules,
        cmdclass={"build_ext": _Build},
        script_args=["-q", "build_ext", "--inplace"],
    )
