# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole catalogue, two at a time"""
from figures import Group


def measure(bench):
    scenarios = [bench.scenario] if bench.quick else ['--all']
    bench.runner.run('--jobs', '2', *scenarios) # what it leaves in the cache is there afterwards
    run = bench.runner.run('--jobs', '2', *scenarios)
    passed = sum(result['verdict'] == 'pass' for result in run.results)
    yield Group('from a warm cache', 'seconds', rows={'--jobs 2': [run.seconds]})
    yield Group('results', 'count', base='', rows={'pass': [passed],
                                                   'any other': [len(run.results) - passed]})
