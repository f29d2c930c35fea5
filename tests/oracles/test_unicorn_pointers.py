"""Redirecting a library's own calls: what is found, what is refused."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from oracles.unicorn_pointers import RedirectionError, function_address, pointers_to


@pytest.fixture(scope="module")
def unicorn() -> ctypes.CDLL:
    from unicorn.unicorn_py3.unicorn import uclib

    return uclib


def test_pointers_lead_to_the_function(unicorn: ctypes.CDLL) -> None:
    found = pointers_to(unicorn, ["helper_fmadd_d_riscv32"])["helper_fmadd_d_riscv32"]
    address = function_address(unicorn, "helper_fmadd_d_riscv32")
    assert len(found) >= 2
    assert {ctypes.c_uint64.from_address(place).value for place in found} == {address}


def test_a_function_that_does_not_exist(unicorn: ctypes.CDLL) -> None:
    with pytest.raises(RedirectionError, match="does not export helper_fadd_q_riscv64"):
        pointers_to(unicorn, ["helper_fadd_q_riscv64"])


def test_a_function_that_the_library_itself_never_calls(unicorn: ctypes.CDLL) -> None:
    with pytest.raises(RedirectionError, match="uc_arch_supported"):
        pointers_to(unicorn, ["uc_arch_supported"])


def test_a_file_that_is_no_library(unicorn: ctypes.CDLL, tmp_path: Path) -> None:
    class Disguised:
        _name = str(tmp_path / "library.so")
        helper_fadd_s_riscv64 = unicorn.helper_fadd_s_riscv64

    Path(Disguised._name).write_bytes(b"#!/bin/sh\n" + bytes(64))
    with pytest.raises(RedirectionError, match="not a 64-bit ELF"):
        pointers_to(Disguised(), ["helper_fadd_s_riscv64"])  # type: ignore[arg-type]
