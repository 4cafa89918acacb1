# SPDX-License-Identifier: GPL-2.0-or-later
"""What the device takes, by size of its BAR: no guest, QEMU is asked over the qtest protocol"""
import programs


def measure(bench):
    yield from programs.run(bench.device_program, bench.quick)
