"""Wasm campaigns: engines agree, and engines or a validator with one thing wrong are caught and the case is small."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engines.rustwasm.wasm.binary import decode
from harness.campaign.wasm import WasmCampaign, WasmDivergence
from harness.commands.diff import app
from harness.contract import Case, Observation, WasmCase, WasmObservation
from harness.subjects.wasm_validator import WasmValidator
from oracles.node_oracle import NodeOracle
from oracles.wasmtime_oracle import WasmtimeOracle

SOME = range(40)


class Wrong(WasmtimeOracle):
    """Wasmtime, if a global came out wrong wherever `i32.rem_s` stands."""

    name = "wrong"

    def run(self, case: Case) -> Observation:
        seen = super().run(case)
        assert isinstance(case, WasmCase)
        assert isinstance(seen, WasmObservation)
        used = any(one[0] == "i32.rem_s" for function in decode(case.module).functions for one in function.body)
        if not used or not case.calls:
            return seen
        return replace(
            seen, digests=tuple((name, "f32:0x0" if name == "g0" else value) for name, value in seen.digests)
        )


class Credulous(WasmValidator):
    """Our validator, if it took every module that decodes."""

    def run(self, case: Case) -> Observation:
        seen = super().run(case)
        assert isinstance(seen, WasmObservation)
        return replace(seen, calls=()) if "instruction" in seen.detail else seen


@pytest.fixture
def node() -> Iterator[NodeOracle]:
    oracle = NodeOracle()
    yield oracle
    oracle.close()


def found(campaign: WasmCampaign) -> list[WasmDivergence]:
    return list(campaign.run(iter(SOME)))


@pytest.mark.evidence("HX-02")
def test_engines_agree_and_so_does_our_validator(node: NodeOracle) -> None:
    judge = WasmtimeOracle()
    campaign = WasmCampaign([judge, node], WasmValidator(), judge, mutants=4)
    assert not found(campaign)
    statistics = campaign.statistics
    assert statistics.modules == len(SOME)
    assert statistics.mutants == 5 * len(SOME)
    assert min(statistics.verdicts["valid"], statistics.verdicts["invalid"]) > len(SOME) // 2
    assert len(statistics.outcomes) > 4
    assert sum(statistics.discards.values()) < len(SOME) // 4


def test_an_engine_with_one_thing_wrong_is_caught_and_the_module_reduced() -> None:
    campaign = WasmCampaign([WasmtimeOracle(), Wrong()], None, None, mutants=0)
    first = next(campaign.run(iter(SOME)))
    assert first.comparison.fields == ("digests[g0]",)
    body = [one for function in decode(first.case.module).functions for one in function.body]
    assert ("i32.rem_s",) in body
    assert len(body) <= 12


def test_a_validator_that_takes_too_much_is_caught() -> None:
    campaign = WasmCampaign([WasmtimeOracle(), WasmtimeOracle()], Credulous(), WasmtimeOracle(), mutants=8)
    divergences = found(campaign)
    assert divergences
    assert {one.comparison.fields for one in divergences} == {("valid",)}


def test_the_command_writes_what_diverged_and_says_so(tmp_path: Path) -> None:
    arguments = ["wasm", "--modules", "6", "--mutants", "1", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, [*arguments, "--engine", "wasmtime", "--engine", "node"])
    assert done.exit_code == 0, done.output
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["modules"] == 6
    assert summary["divergences"] == 0


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--engine", "wasmtime"], "two engines or more"),
        (["--engine", "wasmtime", "--engine", "wasmtmie"], "Did you mean wasmtime"),
    ],
)
def test_wrong_usage_is_explained(arguments: list[str], problem: str, capfd: pytest.CaptureFixture[str]) -> None:
    done = CliRunner().invoke(app, ["wasm", *arguments])
    assert done.exit_code == 2
    assert problem in done.output + capfd.readouterr().err
