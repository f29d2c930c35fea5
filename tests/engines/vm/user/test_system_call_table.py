"""The table of system calls: what is imported when it is needed, and the numbers by which that is found."""

from __future__ import annotations

import subprocess
import sys

from engines.vm.user.syscalls import table


def test_families_declare_the_numbers_that_they_are_found_by() -> None:
    declared: dict[str, list[int]] = {family: [] for family in table.FAMILIES}
    for number, entry in table.load().items():
        declared[entry.implementation.__module__.rpartition(".")[2]].append(number)
    assert {family: tuple(sorted(numbers)) for family, numbers in declared.items()} == table.FAMILIES


def test_a_family_is_imported_when_one_of_its_calls_is_made() -> None:
    script = (
        "import sys\nfrom engines.vm.user.syscalls import table\n"
        "assert table.find(9999) is None and not table.TABLE\n"
        "print(table.find(93).name, table.name_of(64), table.name_of(9999), len(table.TABLE) < 60)\n"
        "print('engines.vm.user.syscalls.sockets' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "exit write unknown_9999 True\nFalse\n"
