"""Injected bugs in what decides which code runs: trials, looks around, what is kept, what is translated after a run."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

_AUTO: Final = "tests/engines/vm/tiers/test_auto_tier.py"
_PLANS: Final = "tests/engines/vm/aot/test_program_regions.py"
_TRIALS: Final = ("tests/engines/vm/tiers/test_trial.py",)
_TRANSLATED: Final = ("tests/engines/vm/aot/test_translated_programs.py::test_places_are_those_that_no_llvm_knows",)

BUGS: Final = Catalogue(judges=_TRIALS)


@BUGS.action("auto-slower-code-passes", Area.CODE_CACHE, "the slower code kept",
             description="LLVM's code passes its trial where it is slower", judges=_TRIALS)  # fmt: skip
def _() -> None:
    from engines.vm.tiers.trial import Trial

    def wrapper(original: Any) -> Any:
        def verdict(trial: Trial) -> bool | None:
            found = original(trial)
            return found if found is None else not found

        return verdict

    replace_method(Trial, "verdict", wrapper)


@BUGS.action("auto-trust-for-the-next-trial", Area.CODE_CACHE, "the slower code kept",
             description="after a trial of translated functions, others pass as easily", judges=_TRIALS)  # fmt: skip
def _() -> None:
    from engines.vm.tiers.trial import Trial

    def wrapper(original: Any) -> Any:
        def end(trial: Trial) -> Any:
            passes = getattr(trial, "_passes", None)
            regions = original(trial)
            if passes is not None:
                trial._passes = passes
            return regions

        return end

    def begin(original: Any) -> Any:
        def kept(trial: Trial, *arguments: Any) -> None:
            passes = trial._passes
            original(trial, *arguments)
            trial._passes = max(passes, trial._passes)

        return kept

    replace_method(Trial, "end", wrapper)
    replace_method(Trial, "begin", begin)


@BUGS.action("auto-trial-of-code-that-was-left", Area.CODE_CACHE, "a trial without end",
             description="a trial waits for code that the program does not run any more", judges=_TRIALS)  # fmt: skip
def _() -> None:
    from engines.vm.tiers.trial import Trial

    replace_method(Trial, "is_idle", lambda original: property(lambda trial: False))


@BUGS.action("auto-translated-code-is-trusted", Area.AOT, "code never tried",
             description="what was translated after a run is kept as if it had passed its trial",
             judges=_TRANSLATED)  # fmt: skip
def _() -> None:
    from engines.vm.aot import afterwards
    from engines.vm.aot.image import Kind
    from engines.vm.record import replace

    def wrapper(original: Any) -> Any:
        return lambda *arguments: [replace(region, kind=Kind.LLVM) for region in original(*arguments)]

    replace_method(afterwards, "translate_hot", wrapper)


@BUGS.action("auto-no-look-between-slices", Area.CODE_CACHE, "code never tried",
             description="after a long slice another one follows at once, which ends where that did",
             judges=(f"{_AUTO}::test_looks_see_more_of_the_program_than_long_slices",))  # fmt: skip
def _() -> None:
    from engines.vm.tiers.auto import AutoTier
    from engines.vm.tiers.llvm.tier import LlvmTier

    replace_method(AutoTier, "_next_slice", lambda original: LlvmTier._next_slice)


@BUGS.action("auto-kept-code-comes-alone", Area.CODE_CACHE, "compiled code not entered",
             description="of kept code that leads to other kept code, only the first region is installed",
             judges=(f"{_AUTO}::test_kept_baseline_code_comes_with_what_it_leads_to",))  # fmt: skip
def _() -> None:
    from engines.vm.record import replace
    from engines.vm.tiers.auto import QuickRegions

    def wrapper(original: Any) -> Any:
        def stored(quick: Any, *arguments: Any, **named: Any) -> Any:
            found = original(quick, *arguments, **named)
            return found and replace(found, exits=())

        return stored

    replace_method(QuickRegions, "stored", wrapper)


@BUGS.action("auto-hot-places-planned-alone", Area.AOT, "code made twice",
             description="hot places of one function get its regions each, as if there were no other",
             judges=(f"{_PLANS}::test_places_of_a_large_function_get_regions_that_lead_to_each_other",))  # fmt: skip
def _() -> None:
    from engines.vm.aot.program_regions import ProgramRegions

    def wrapper(original: Any) -> Any:
        return lambda program, places: [each for place in places for each in original(program, [place])]

    replace_method(ProgramRegions, "plan_hot", wrapper)
