# SPDX-License-Identifier: GPL-2.0-or-later
"""A cold run beside the least that its kernel and its QEMU take to boot"""
import os
import tempfile

import vm
from figures import Group, take_turns

ROUNDS = 7


def measure(bench):
    with tempfile.TemporaryDirectory() as folder:
        harness = vm.Command(bench.runner, *bench.runner.cold, bench.scenario)
        bare = harness.clone()
        bare.replace('-initrd', vm.initramfs(bench.bare_init, os.path.join(folder, 'bare')))
        figures = take_turns(bench.rounds(ROUNDS), {
            'to a trivial first process': lambda: vm.boot_bare(bare).seconds,
            "to the harness's answer": lambda: vm.boot_harness(harness),
            f'barshift run {bench.scenario}':
                lambda: bench.runner.play(*bench.runner.cold, bench.scenario).seconds,
        })
    yield Group("from QEMU's start, on the machine of " + bench.scenario, 'seconds', rows=figures)
