"""What the help of each command shows as examples. A test holds every line against the command line itself."""

from __future__ import annotations

from typing import Final

EXAMPLES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "counterproof": (
        ("counterproof doctor", "what this machine has"),
        ("counterproof diff riscv --cases 5000", "a first campaign"),
        ("counterproof diff riscv --help", "everything that a command takes"),
    ),
    "counterproof diff": (
        ("counterproof diff riscv --cases 5000", "our machine against Unicorn"),
        ("counterproof diff wasm --modules 200", "engines for WebAssembly against each other"),
        ("counterproof diff rust --programs 100", "our Rust compiler"),
    ),
    "counterproof diff riscv": (
        ("counterproof diff riscv --cases 5000", "against Unicorn, findings in out/diff-riscv"),
        (
            "counterproof diff riscv --oracle unicorn-riscv64 --oracle qemu-system-riscv64 --fresh-seeds 2",
            "two references that vote, and seeds that nobody has seen",
        ),
        ("counterproof diff riscv --cases 1000000 --budget-seconds 600 --resume", "ten minutes more of a long one"),
        ("counterproof diff riscv --cases 2000 --sabotage addw-zero-extended", "what a finding looks like"),
    ),
    "counterproof diff rust": (
        ("counterproof diff rust --programs 100", "with rustc as judge, where it is installed"),
        ("counterproof diff rust --fresh --budget-seconds 600 --jobs 2", "ten minutes of what nobody has seen"),
        ("counterproof diff rust --no-run --programs 1000", "verdicts only"),
    ),
    "counterproof diff wasm": (
        ("counterproof diff wasm --modules 200", "Wasmtime, its interpreter and V8"),
        ("counterproof diff wasm --engine wasmtime --engine node --fresh", "two of them, from a new seed"),
    ),
    "counterproof vm": (
        ("counterproof vm run ./program -- argument", "a Linux program for riscv64"),
        ("counterproof vm tiers", "the ways to execute it"),
    ),
    "counterproof vm run": (
        ("counterproof vm run ./program -- argument", "streams and exit status are the program's"),
        ("counterproof vm run --tier baseline --stats ./program", "compiled, and what was done"),
        ("counterproof vm run --aot program.cpi ./program", "with code made by `counterproof vm aot`"),
    ),
    "counterproof vm tiers": (("counterproof vm tiers", "names for --tier"),),
    "counterproof vm aot": (
        ("counterproof vm aot ./program -o program.cpi", "then: counterproof vm run --aot program.cpi ./program"),
        ("counterproof vm aot ./program -o program.cpi --host arm64", "for another machine"),
    ),
    "counterproof vm dump": (
        ("counterproof vm dump ./program --function main", "one function"),
        ("counterproof vm dump ./program --pc 0x10400 --tier llvm -o listing.txt", "a region, as LLVM compiles it"),
    ),
    "counterproof wasm": (
        ("counterproof wasm new hello", "a crate that says hello"),
        ("counterproof wasm run hello", "run it"),
        ("counterproof wasm build hello --profile release", "a module that any engine runs"),
    ),
    "counterproof wasm accelerate": (
        ("counterproof wasm accelerate", "once; `check` and `build` then take about half the time"),
    ),
    "counterproof wasm check": (
        ("counterproof wasm check hello", "a directory with a crate, or a file"),
        ("counterproof wasm check hello --json", "for an editor"),
    ),
    "counterproof wasm build": (
        ("counterproof wasm build hello --profile release -o hello.wasm", "small and fast"),
        ("counterproof wasm build hello --lowering gc", "objects of the host's collector"),
    ),
    "counterproof wasm run": (
        ("counterproof wasm run hello", "on the reference interpreter"),
        ("counterproof wasm run hello --engine wasmtime --profile release", "as a module"),
    ),
    "counterproof wasm test": (
        ("counterproof wasm test hello", "every #[test]"),
        ("counterproof wasm test hello parse --engine node", "those with `parse` in their names, on V8"),
    ),
    "counterproof wasm size": (("counterproof wasm size hello.wasm --top 5", "the five largest functions"),),
    "counterproof wasm explain": (
        ("counterproof wasm explain E0382", "the rule, why it is there, how to mend what breaks it"),
        ("counterproof wasm explain", "all codes, a line each"),
    ),
    "counterproof wasm new": (("counterproof wasm new hello", "then: counterproof wasm run hello"),),
    "counterproof executors": (
        ("counterproof executors", "names for --subject and --oracle"),
        ("counterproof executors --json", "for a program"),
    ),
    "counterproof corpus": (
        ("counterproof corpus list", "the programs"),
        ("counterproof corpus run", "all of them, everywhere"),
    ),
    "counterproof corpus list": (("counterproof corpus list", "sources, builds and workloads"),),
    "counterproof corpus build": (("counterproof corpus build zstd lz4", "two of them, and where they are"),),
    "counterproof corpus run": (
        ("counterproof corpus run", "the quick set, on our interpreter and every reference"),
        ("counterproof corpus run zstd --subject riscv64-user-baseline", "one program, compiled"),
        ("counterproof corpus run --set full --executor qemu-riscv64", "more, and QEMU must be there"),
    ),
    "counterproof corpus locate": (
        (
            "counterproof corpus locate out/corpus/findings/zstd/case.json --subject baseline",
            "the first instruction that goes wrong",
        ),
    ),
    "counterproof repro": (
        ("counterproof repro out/diff-riscv/findings/001-01-addw", "a directory that a campaign has printed"),
        ("counterproof repro out/diff-riscv/findings/001-01-addw --oracle qemu-system-riscv64", "who agrees with whom"),
    ),
    "counterproof minimize": (
        ("counterproof minimize case.json --subject riscv64-interpreter --oracle unicorn-riscv64", "a case"),
        ("counterproof minimize out/diff-riscv/findings/001-01-addw --out out/smaller", "a finding"),
    ),
    "counterproof triage": (
        ("counterproof triage out/diff-riscv", "run every open bucket ten times again"),
        ("counterproof triage out/diff-riscv --bisect", "and find the commits"),
        ("counterproof triage out/diff-riscv --closed --runs 3", "is anything back that was closed?"),
    ),
    "counterproof hunt": (
        ("counterproof hunt --cases 5000", "Unicorn, QEMU and our interpreter vote"),
        ("counterproof hunt --budget-seconds 3600 --cases 10000000", "an hour"),
    ),
    "counterproof status": (
        ("counterproof status out/diff-riscv", "campaigns and buckets; runs nothing"),
        ("counterproof status out/diff-riscv --json", "for a program"),
    ),
    "counterproof coverage": (
        ("counterproof coverage", "of 20,480 programs that are generated now"),
        ("counterproof coverage out/diff-riscv --all", "of a campaign, with every hole"),
        ("counterproof coverage --cases 2048 --compiled 512 --json", "and of what compiling goes through"),
    ),
    "counterproof report": (
        ("counterproof report out/diff-riscv", "on the terminal and as HTML"),
        ("counterproof report out/diff-riscv --format junit --format sarif --to reports", "for services"),
    ),
    "counterproof fuzz": (
        ("counterproof fuzz list", "the targets"),
        ("counterproof fuzz elf_image --seconds 60", "one of them, as `counterproof fuzz run elf_image`"),
        ("counterproof fuzz replay", "every kept input once"),
    ),
    "counterproof fuzz list": (("counterproof fuzz list", "names, inputs kept, planted bugs"),),
    "counterproof fuzz run": (
        ("counterproof fuzz run elf_image --seconds 600", "ten minutes"),
        ("counterproof fuzz run elf_image --planted --no-keep", "does it find the bug that is planted in it?"),
    ),
    "counterproof fuzz replay": (("counterproof fuzz replay elf_image strict_json", "the inputs of two targets"),),
    "counterproof fuzz merge": (
        ("counterproof fuzz merge elf_image out/fuzz/elf_image/corpus", "keep what reached something new"),
    ),
    "counterproof fuzz minimize": (
        ("counterproof fuzz minimize elf_image crash-input --keep", "a platform's finding becomes a regression"),
    ),
    "counterproof sabotage": (
        ("counterproof sabotage --list --area decoder", "the bugs of one area"),
        ("counterproof sabotage addw-zero-extended", "one bug: who finds it, and how soon"),
        ("counterproof sabotage --sample 40 --seed 7 --jobs 2", "a sample"),
    ),
    "counterproof doctor": (("counterproof doctor", "what is missing, and how to get it"),),
}
