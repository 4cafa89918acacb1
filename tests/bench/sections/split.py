# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the time of a cold run goes"""
import os
import tempfile

import vm
from figures import Group, take_turns

ROUNDS = 5
WHOLE = 'whole run'
UNWAITED = 'whole run without what Linux waits for slots to be off'
# Linux, drivers/pci/hotplug/pciehp_ctrl.c, remove_board()
WAIT_S = 1.0
# First words of steps as reports have them; any other is a row of its own
PARTS = {
    'start': 'verify: functions of the boot started, witnesses asked',
    'power-off': 'unplug: slots switched off',
    'hot-add': 'plug: until the kernel has done with it, and judged',
    'rebalance': 'rebalance',
    'judge': 'verify: judged in the end',
}


def parts_of(result):
    """Seconds of each part, beside the boot and what comes after the last step."""
    found, end = {}, 0
    for step in result['steps']:
        word = step['step'].split()[0]
        if word != 'boot':
            name = PARTS.get(word, word)
            found[name] = found.get(name, 0) + step['seconds']
        end = step['start'] + step['seconds']
    return {**found, 'shutdown': result['seconds'] - end}


def waits_s(result):
    """Those of slots that are switched off in one step are one."""
    return WAIT_S * sum(step['step'].startswith('power-off') for step in result['steps'])


def measure(bench):
    with tempfile.TemporaryDirectory() as folder:
        bare = vm.Command(bench.runner, *bench.runner.cold, bench.scenario)
        bare.replace('-initrd', vm.initramfs(bench.bare_init, os.path.join(folder, 'bare')))
        found = take_turns(bench.rounds(ROUNDS), {
            'bare': lambda: vm.boot_bare(bare),
            'run': lambda: bench.runner.play(*bench.runner.cold, bench.scenario),
        })
    group = Group('of barshift run ' + bench.scenario, 'seconds', base=WHOLE)
    for bare_boot, run in zip(found['bare'], found['run']):
        result = run.results[0]
        boot = result['steps'][0]['seconds']
        group.add(WHOLE, run.seconds)
        group.add(UNWAITED, run.seconds - waits_s(result))
        group.add('before and after the VM', run.seconds - result['seconds'])
        group.add("QEMU's start and firmware", bare_boot.seconds - bare_boot.uptime)
        group.add('kernel', bare_boot.uptime)
        group.add('user space, until the harness answers', max(boot - bare_boot.seconds, 0))
        for name, part in parts_of(result).items():
            group.add(name, part)
    yield group
