# SPDX-License-Identifier: GPL-2.0-or-later
"""How the arbiter's time grows with the machine"""
import programs


def measure(bench):
    yield from programs.run(bench.arbiter_program, bench.quick)
