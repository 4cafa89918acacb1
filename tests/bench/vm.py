# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU without the runner: its command line, with this or that taken out, up to a first answer."""
import copy
import ctypes
import os
import re
import resource
import selectors
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass

from figures import Failure

DEADLINE_S = 120
PR_SET_PDEATHSIG, PR_SET_THP_DISABLE = 1, 41 # linux/prctl.h
LIBC = ctypes.CDLL(None)
# A soft lockup is the host's: it has let the guest stand still for long.
TROUBLE = re.compile(rb'Kernel panic|BUG: (?!soft lockup)|Oops|general protection fault|'
                     rb'double fault')
HELLO = b'barshift-agent '
UP = b'bare-init: up '


class Command:
    """What the runner would start, for any of its scenarios."""

    def __init__(self, runner, *arguments):
        words = runner.dry_run(*arguments)
        self.environment = {}
        while re.match(r'\w+=', words[0]):
            name, _, value = words.pop(0).partition('=')
            self.environment[name] = value
        self.words = words
        self.huge_pages = False

    def clone(self):
        return copy.deepcopy(self)

    def place(self, option):
        if option not in self.words:
            raise Failure(f"the runner's command line has no {option}")
        return self.words.index(option) + 1

    def value(self, option):
        return self.words[self.place(option)]

    def replace(self, option, value):
        self.words[self.place(option)] = value

    def remove(self, option):
        """Every one, with its value."""
        while option in self.words:
            place = self.words.index(option)
            del self.words[place:place + 2]

    def channels(self, descriptors):
        """The words, with each character device of these names on a descriptor, QMP on none."""
        words = list(self.words)
        for place, word in enumerate(words):
            name = re.search(r'\bid=(\w+)', word)
            if words[place - 1] == '-chardev' and name:
                words[place] = (f'socket,id={name[1]},fd={descriptors[name[1]]}'
                                if name[1] in descriptors else f'null,id={name[1]}')
        return words


def initramfs(program, path):
    """An archive with this program as the first process, and nothing else."""
    with tempfile.TemporaryDirectory() as folder, open(path, 'wb') as file:
        os.symlink(program, os.path.join(folder, 'init'))
        subprocess.run(['cpio', '--quiet', '--create', '--dereference', '--format=newc'],
                       cwd=folder, input=b'init\n', stdout=file, check=True)
    return path


def prepare_child(huge_pages):
    """As the runner starts it."""
    if not huge_pages:
        LIBC.prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def receive(selector, seen, deadline):
    """What comes next out of any of the channels goes behind what was seen of it.

    Returns: can more come?
    """
    for key, _ in selector.select(max(deadline - time.monotonic(), 0)):
        piece = key.fileobj.recv(65536)
        seen[key.data] += piece
        if not piece:
            selector.unregister(key.fileobj)
    return bool(selector.get_map()) and time.monotonic() < deadline


def await_line(ends, channel, text, deadline):
    """What has come out of the channel up to a line with this text."""
    seen = {name: b'' for name in ends}
    more = True
    with selectors.DefaultSelector() as selector:
        for name, end in ends.items():
            selector.register(end, selectors.EVENT_READ, name)
        while more and not TROUBLE.search(seen['console']):
            more = receive(selector, seen, deadline)
            line = re.search(re.escape(text) + rb'[^\n]*\n', seen[channel])
            if line:
                return seen[channel][:line.end()]
    last = seen['console'][-2000:].decode(errors='replace')
    raise Failure(f'the guest has not come to {text.decode()!r}; its last lines:\n{last}')


def start(command, channel, text):
    """Seconds from QEMU's start until a line with text comes out of a channel, and what came."""
    pairs = {name: socket.socketpair() for name in ('console', 'link')}
    theirs = {name: pair[1] for name, pair in pairs.items()}
    words = command.channels({name: end.fileno() for name, end in theirs.items()})
    begin = time.monotonic()
    with tempfile.TemporaryFile() as errors, subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
            env={**os.environ, **command.environment},
            pass_fds=[end.fileno() for end in theirs.values()],
            preexec_fn=lambda: prepare_child(command.huge_pages)) as process:
        try:
            for end in theirs.values():
                end.close()
            told = await_line({name: pair[0] for name, pair in pairs.items()}, channel, text,
                              begin + DEADLINE_S)
            return time.monotonic() - begin, told
        except Failure as failure:
            errors.seek(0)
            raise Failure(f'{failure}{errors.read().decode(errors="replace")}') from failure
        finally:
            process.kill()
            for pair in pairs.values():
                pair[0].close()


@dataclass
class Boot:
    """seconds: to the first line of bare-init; uptime: the guest's clock in it; processor_s: what
    QEMU has taken of a processor until then, which another load bears on little
    """
    seconds: float
    uptime: float
    processor_s: float


def children_s():
    """What all children that have ended have taken of a processor."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def boot_bare(command):
    before = children_s()
    seconds, told = start(command, 'console', UP)
    return Boot(seconds, float(told.rpartition(UP)[2]), children_s() - before)


def boot_harness(command):
    """Seconds until the agent of the harness answers."""
    return start(command, 'link', HELLO)[0]
