# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes before QEMU starts"""
import os
import subprocess
import time

from figures import Failure, Group, take_turns

ROUNDS = 21


def seconds(words, environment):
    begin = time.monotonic()
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        raise Failure(f"{' '.join(words)}: {done.stderr.strip()}")
    return time.monotonic() - begin


def measure(bench):
    arguments = ['run', '--dry-run', bench.scenario]
    # of the entry, which finds the kernel itself
    alone = {name: value for name, value in os.environ.items() if name != 'BARSHIFT_KERNEL'}
    alone['BARSHIFT_BUILD'] = bench.build
    measures = {'the runner': lambda: seconds([bench.runner.program, *arguments], os.environ)}
    # It would set up anew a folder that it has not made itself
    if os.path.exists(os.path.join(bench.build, '.barshift-configured')):
        seconds([os.path.join(bench.source, 'barshift'), *arguments], alone) # which may build
        measures['./barshift, which builds and finds the kernel'] = lambda: seconds(
            [os.path.join(bench.source, 'barshift'), *arguments], alone)
    yield Group('all of it but QEMU (--dry-run)', 'seconds',
                rows=take_turns(bench.rounds(ROUNDS), measures))
