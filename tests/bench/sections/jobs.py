# SPDX-License-Identifier: GPL-2.0-or-later
"""What two scenarios at a time gain, over all that suite 'system' plays"""
from figures import Group, take_turns

PORTIONS = 8


def portions(scenarios):
    """So that what else the machine does falls on both."""
    return [part for part in (scenarios[first::PORTIONS] for first in range(PORTIONS)) if part]


def measure(bench):
    scenarios = [bench.scenario] if bench.quick else bench.system_scenarios
    group = Group(f'{len(scenarios)} scenarios, in {PORTIONS} portions', 'seconds')
    whole = {1: 0.0, 2: 0.0}
    for portion in portions(scenarios):
        taken = take_turns(1, {jobs: lambda jobs=jobs: bench.runner.run(
            '--jobs', str(jobs), *portion).seconds for jobs in whole})
        for jobs, seconds in taken.items():
            whole[jobs] += seconds[0]
    for jobs, seconds in whole.items():
        group.add(f'--jobs {jobs}', seconds)
    yield group
