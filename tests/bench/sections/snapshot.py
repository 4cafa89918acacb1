# SPDX-License-Identifier: GPL-2.0-or-later
"""A run from a snapshot beside a cold one"""
from figures import Group, Skip, take_turns

SCENARIOS = ['fragmented-hole', 'pnp-fragmented-hole', 'window-grows', 'acpi-root-port']
ROUNDS = 7


def answer_s(run):
    return run.results[0]['steps'][0]['seconds']


def measure(bench):
    if not bench.runner.has_snapshots:
        raise Skip('this runner makes no snapshots')
    for scenario in [bench.scenario] if bench.quick else SCENARIOS:
        bench.runner.play(scenario) # it makes the snapshot if there is none
        found = take_turns(bench.rounds(ROUNDS), {
            'cold': lambda name=scenario: bench.runner.play('--no-snapshot', name),
            'from a snapshot': lambda name=scenario: bench.runner.play(name),
        })
        yield Group(f'barshift run {scenario}', 'seconds',
                    rows={name: [run.seconds for run in runs] for name, runs in found.items()})
        yield Group(f'{scenario}: until the agent answers', 'seconds',
                    rows={name: [answer_s(run) for run in runs] for name, runs in found.items()})
