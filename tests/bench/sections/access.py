# SPDX-License-Identifier: GPL-2.0-or-later
"""What accesses to BARs take in an emulated guest, of this device and of others"""
import os
import tempfile

import programs
import vm

DEVICES = ['-object', 'memory-backend-ram,id=memory,size=256M,share=on',
           '-device', 'barshift,tag=1', '-device', 'ivshmem-plain,memdev=memory',
           '-device', 'pci-testdev']


def measure(bench):
    command = vm.Command(bench.runner, *bench.runner.cold, bench.scenario)
    command.remove('-device')
    command.words += DEVICES
    if bench.quick: # Linux hands over to the first process what is behind the two dashes
        command.replace('-append', command.value('-append') + ' -- --quick')
    with tempfile.TemporaryDirectory() as folder:
        command.replace('-initrd', vm.initramfs(bench.access_program,
                                                os.path.join(folder, 'initrd')))
        _, told = vm.start(command, 'console', b'access-rates: done')
    yield from programs.groups(told.decode())
