# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole runs of scenarios: how long they take, what they report, what they take of memory."""
import json
import os
import shlex
import subprocess
import tempfile
import time
from dataclasses import dataclass

from figures import Failure


@dataclass
class Run:
    """seconds: of the process; resident_bytes: of its largest child, QEMU, at its largest"""
    seconds: float
    resident_bytes: int
    results: list


class Runner:
    """The program barshift-run under TCG, which is there everywhere and the same everywhere."""

    def __init__(self, program):
        self.program = program
        self.common = ['--accel', 'tcg']
        asked = subprocess.run([program, 'run', '--help'], capture_output=True, text=True,
                               check=False)
        self.has_snapshots = '--no-snapshot' in asked.stdout
        self.cold = ['--no-snapshot'] if self.has_snapshots else []

    def run(self, *arguments):
        """Every result must be there; what the verdicts are is not asked here."""
        with tempfile.TemporaryDirectory() as folder:
            report = os.path.join(folder, 'report.json')
            command = [self.program, 'run', *self.common, '--json', report, *arguments]
            start = time.monotonic()
            with subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True) as process:
                errors = process.stderr.read()
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - start
            if not os.path.exists(report):
                raise Failure(errors.strip() or f'{shlex.join(command)} ended with {status}')
            with open(report, encoding='utf-8') as file:
                told = json.load(file)
        if len(told['results']) < told['planned']:
            raise Failure(f"{len(told['results'])} of {told['planned']} results are there")
        return Run(seconds, usage.ru_maxrss * 1024, told['results'])

    def play(self, *arguments):
        """As run(); each verdict must be a pass."""
        run = self.run(*arguments)
        for result in run.results:
            if result['verdict'] != 'pass':
                raise Failure(f"{result['name']}: " +
                              result.get('error', '; '.join(result.get('reasons', []))))
        return run

    def dry_run(self, *arguments):
        """QEMU's command line as the words of a shell."""
        done = subprocess.run([self.program, 'run', *self.common, '--dry-run', *arguments],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(done.stderr.strip())
        return shlex.split(done.stdout.replace('\\\n', ' '))
