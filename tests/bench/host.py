# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine that is measured on."""
import os
import platform
import re
import subprocess


def first(path, pattern, default):
    """Group 1 of the first match in a file."""
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            match = re.search(pattern, file.read(), re.MULTILINE)
    except OSError:
        match = None
    return match[1] if match else default


def version(program):
    """What --version says first."""
    done = subprocess.run([program, '--version'], capture_output=True, text=True, check=False)
    return done.stdout.partition('\n')[0] or program


def facts(qemu, kernel):
    return {
        'system': first('/etc/os-release', r'^PRETTY_NAME="?([^"\n]*)', platform.system()),
        'kernel': platform.release().partition('-')[0],
        'processor': first('/proc/cpuinfo', r'^model name\s*: (.*)$', platform.machine()),
        'processors': len(os.sched_getaffinity(0)),
        'memory_mib': int(first('/proc/meminfo', r'^MemTotal: *(\d+)', '0')) // 1024,
        'huge_pages': first('/sys/kernel/mm/transparent_hugepage/enabled', r'\[(.*)\]', 'none'),
        'qemu': version(qemu),
        'guest_kernel': os.path.basename(kernel),
    }


def text(told):
    return (f"{told['processors']} processors ({told['processor']}), {told['memory_mib']:,} MiB, "
            f"{told['system']}, Linux {told['kernel']}, transparent huge pages: "
            f"{told['huge_pages']}; {told['qemu']} under TCG, guest kernel {told['guest_kernel']}")
