# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that measure by themselves: lines of group, unit, row and figure, parted by tabs."""
import subprocess

from figures import Failure, Group

DEADLINE_S = 600


def groups(text):
    """What a program has told; each row is compared with the first one of its group."""
    found = {}
    for line in text.splitlines():
        cells = line.split('\t')
        if len(cells) == 4:
            title, unit, row, figure = cells
            found.setdefault(title, Group(title, unit)).add(row, float(figure))
    if not found:
        raise Failure('the program that measures has told nothing')
    return list(found.values())


def run(program, quick):
    done = subprocess.run([program, *(['--quick'] if quick else [])], capture_output=True,
                          text=True, timeout=DEADLINE_S, check=False)
    if done.returncode != 0:
        raise Failure(f'{program} ended with {done.returncode}: {done.stderr.strip()}')
    return groups(done.stdout)
