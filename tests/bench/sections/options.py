# SPDX-License-Identifier: GPL-2.0-or-later
"""What each choice of the boot gains, added one after the other"""
import os
import tempfile

import vm
from figures import Group, take_turns

ROUNDS = 9
# Words of the kernel's command line that are not there to save time
NEEDED = ('console=', 'panic=', 'barshift.')
# They would save time, and change what the kernel or the firmware does about PCI
EXCLUDED = ('pcie_ports=compat', 'pci=noaer')
QBOOT = '/usr/share/qemu/qboot.rom'
# Beside the one that is used; without these bits the 64-bit windows are too small
CPU_MODELS = ('max', 'core2duo,phys-bits=46', 'Nehalem,phys-bits=46', 'Haswell,phys-bits=46')


def image_of(command):
    """What the kernel was taken out of, or the kernel itself."""
    folder, kernel = os.path.split(command.value('-kernel'))
    image = os.path.join(folder, kernel.replace('vmlinux-', 'vmlinuz-'))
    return image if os.path.exists(image) else command.value('-kernel')


def with_image(command):
    command.replace('-kernel', image_of(command))


def with_whole_machine(command):
    command.replace('-machine', command.value('-machine').split(',')[0])


def with_largest_cpu(command):
    command.replace('-cpu', 'max')


def with_huge_pages(command):
    command.huge_pages = True


def without_word(word):
    def change(command):
        words = command.value('-append').split()
        command.replace('-append', ' '.join(other for other in words if other != word))
    return change


def time_savers(command):
    return [word for word in command.value('-append').split() if not word.startswith(NEEDED)]


def choices(command):
    """(name, what is done to a command line to be without it), in the order in which they come."""
    found = []
    if image_of(command) != command.value('-kernel'):
        found.append(('uncompressed kernel, started directly (PVH)', with_image))
    found += [(word, without_word(word)) for word in time_savers(command)]
    found.append(('machine: ' + command.value('-machine').partition(',')[2], with_whole_machine))
    found.append(('-cpu ' + command.value('-cpu'), with_largest_cpu))
    found.append(('no huge pages behind memory', with_huge_pages))
    return found


def ladder(command):
    """Command lines from the one without all choices to the runner's own, by name."""
    steps, found = choices(command), {}
    for count in range(len(steps) + 1):
        here = command.clone()
        for _, undo in steps[count:]:
            undo(here)
        found['none of them' if count == 0 else '+ ' + steps[count - 1][0]] = here
    return found


def excluded(command):
    """Command lines that are not used."""
    found = {}
    for words in EXCLUDED:
        here = found[words] = command.clone()
        here.replace('-append', here.value('-append') + ' ' + words)
    if os.path.exists(QBOOT):
        here = found['qboot: no firmware numbers buses or places BARs'] = command.clone()
        here.words += ['-bios', QBOOT]
    return found


def cpu_models(command):
    found = {f"{command.value('-cpu')}, which is used": command}
    for model in CPU_MODELS:
        here = found[model] = command.clone()
        here.replace('-cpu', model)
    return found


def gained(figures, names):
    return {here: [a - b for a, b in zip(figures[before], figures[here])]
            for before, here in zip(names, names[1:])}


def groups(unit, figures, steps, unused, models):
    """Each compared with its first row."""
    def group(title, names):
        return Group(title, unit, rows={name: figures[name] for name in names})
    yield group('to a trivial first process', steps)
    if unused:
        yield Group('gained over the one before', unit, base='', rows=gained(figures, steps))
        yield group('not used, for it changes what is tested', [steps[-1], *unused])
        yield group('CPU models, all else as it is used', models)


def measure(bench):
    with tempfile.TemporaryDirectory() as folder:
        command = vm.Command(bench.runner, *bench.runner.cold, bench.scenario)
        command.replace('-initrd', vm.initramfs(bench.bare_init, os.path.join(folder, 'bare')))
        steps, unused, models = ladder(command), excluded(command), cpu_models(command)
        if bench.quick: # that all others can be made is enough
            steps = {name: steps[name] for name in (list(steps)[0], list(steps)[-1])}
            unused, models = {}, {}
        boots = take_turns(bench.rounds(ROUNDS), {
            name: lambda here=here: vm.boot_bare(here)
            for name, here in {**steps, **unused, **models}.items()})
    names = list(steps), list(unused), list(models)
    yield from groups('seconds', {name: [boot.seconds for boot in told]
                                  for name, told in boots.items()}, *names)
    yield from groups('processor seconds', {name: [boot.processor_s for boot in told]
                                            for name, told in boots.items()}, *names)
