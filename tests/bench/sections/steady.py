# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots without trouble, counted over as many calls as it takes, and runs from a snapshot"""
import json
import os

import host
import vm
from figures import Failure, Group

KERNELS = ['debian-6.1', 'debian-6.12']
SCENARIO = 'window-grows' # one hot-add at a root port


def read(path):
    if not os.path.exists(path):
        return {}
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def write(path, counts):
    with open(path + '.new', 'w', encoding='utf-8') as file:
        json.dump(counts, file, indent=1)
    os.replace(path + '.new', path)


def key(command):
    """What a count is of: another QEMU, kernel or CPU model has one of its own."""
    return ', '.join([host.version(command.words[0]), os.path.basename(command.value('-kernel')),
                      command.value('-cpu'), command.value('-append')])


def boot(command, count):
    try:
        vm.boot_harness(command)
        count['steady'] += 1
    except Failure as failure:
        count['trouble'].append(str(failure))


def verdicts(results):
    passed = sum(result['verdict'] == 'pass' for result in results)
    return {'pass': [passed], 'any other verdict, or none': [len(results) - passed]}


def measure(bench):
    path = os.path.join(bench.build, f"bench-steady{'-quick' if bench.quick else ''}.json")
    counts = read(path)
    kernels = [os.environ['BARSHIFT_KERNEL']] if bench.quick else KERNELS # without fetching any
    commands = {kernel: vm.Command(bench.runner, '--kernel', kernel, bench.scenario)
                for kernel in kernels}
    for _ in range(bench.rounds(bench.boots)):
        for command in commands.values():
            boot(command, counts.setdefault(key(command), {'steady': 0, 'trouble': []}))
            write(path, counts)
    for kernel, command in commands.items():
        count = counts[key(command)]
        title = f"{os.path.basename(kernel)}, -cpu {command.value('-cpu')}"
        yield Group(title, 'boots', base='', rows={
            'the agent has answered': [count['steady']],
            'panic, oops or silence': [len(count['trouble'])]})
    if bench.runner.has_snapshots:
        run = bench.runner.run('--repeat', str(bench.rounds(bench.boots)), '--jobs', '1', SCENARIO)
        yield Group(f'{SCENARIO} from a snapshot', 'runs', base='', rows=verdicts(run.results))
