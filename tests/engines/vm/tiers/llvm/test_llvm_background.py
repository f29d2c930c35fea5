"""The queue of regions that LLVM compiles on its own thread."""

from __future__ import annotations

import threading

from engines.vm.tiers.llvm.background import BackgroundCompiler, Request
from engines.vm.tiers.llvm.compiler import Compiled
from engines.vm.tiers.llvm.region import Block, End, Region


def request(root: int, version: int, space: int = 0) -> Request:
    region = Region({root: Block(root, [], End.LEAVE)}, [root])
    return Request(root, region, b"", 0, space, version)


def compiled(asked: Request) -> Compiled:
    return Compiled(b"", {asked.root: 0}, [], (), 0, 0.0)


class Held:
    """Compiles the first request only when it is told to."""

    def __init__(self) -> None:
        self.begun, self.released = threading.Event(), threading.Event()

    def __call__(self, asked: Request) -> Compiled:
        self.begun.set()
        assert self.released.wait(60)
        return compiled(asked)


def answers(compiler: BackgroundCompiler) -> list[tuple[int, int]]:
    return [(asked.root, asked.version) for asked, _ in compiler.done]


def test_of_requests_for_one_place_that_wait_the_latest_is_compiled() -> None:
    held = Held()
    compiler = BackgroundCompiler(held)
    compiler.ask(request(1, 0))
    assert held.begun.wait(60)
    for asked in (request(1, 1), request(2, 1), request(1, 2), request(2, 2, space=7), request(2, 3)):
        compiler.ask(asked)
    assert compiler.waiting == 4  # the first, which has begun, and one for each place
    held.released.set()
    while len(compiler.done) < compiler.waiting:
        threading.Event().wait(0.001)
    compiler.close()
    assert answers(compiler) == [(1, 0), (1, 2), (2, 3), (2, 2)]


def test_what_waited_when_it_was_closed_can_be_asked_for_again() -> None:
    held = Held()
    compiler = BackgroundCompiler(held)
    compiler.ask(request(1, 0))
    assert held.begun.wait(60)
    compiler.ask(request(2, 0))
    closing = threading.Timer(0.01, held.released.set)
    closing.start()
    compiler.close()
    compiler.ask(request(2, 1))
    while (2, 1) not in answers(compiler):
        threading.Event().wait(0.001)
    compiler.close()
