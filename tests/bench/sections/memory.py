# SPDX-License-Identifier: GPL-2.0-or-later
"""What a VM takes of memory, at its largest"""
from figures import Group, take_turns

SCENARIOS = ['fragmented-hole', 'pnp-fragmented-hole', 'huge-arrives']
ROUNDS = 3


def measure(bench):
    scenarios = [bench.scenario] if bench.quick else SCENARIOS
    ways = {'cold': bench.runner.cold}
    if bench.runner.has_snapshots:
        ways['from a snapshot'] = []
        bench.runner.play(*scenarios) # it makes those that are not there
    found = take_turns(bench.rounds(ROUNDS), {
        f'{scenario}, {way}': lambda name=scenario, options=options:
            bench.runner.play(*options, name).resident_bytes / 2**20
        for scenario in scenarios for way, options in ways.items()})
    yield Group('resident', 'MiB', rows=found)
