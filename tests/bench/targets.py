# SPDX-License-Identifier: GPL-2.0-or-later
"""What is aimed at, and how far it is reached."""
import table

# Text, the greatest figure, what it is of the row ('ratio', or 'median' in seconds), and where the
# row is: section, title of the group, name
TARGETS = [
    ('until the harness answers, beside a trivial first process', 1.15, 'ratio',
     'cold', "from QEMU's start, on the machine of fragmented-hole", "to the harness's answer"),
    ('a cold `fragmented-hole`, without what Linux waits for slots to be off', 2.5, 'median',
     'split', 'of barshift run fragmented-hole',
     'whole run without what Linux waits for slots to be off'),
    ('from a snapshot until the agent answers', 0.08, 'median',
     'snapshot', 'window-grows: until the agent answers', 'from a snapshot'),
    ('from a snapshot, one hot-add at a root port, all in all', 0.5, 'median',
     'snapshot', 'barshift run window-grows', 'from a snapshot'),
    ('the same beside a cold run', 0.3, 'ratio',
     'snapshot', 'barshift run window-grows', 'from a snapshot'),
    ('the whole catalogue, two at a time, from a warm cache', 90.0, 'median',
     'catalogue', 'from a warm cache', '--jobs 2'),
    ('`./barshift run` until QEMU starts', 0.1, 'median',
     'start', 'all of it but QEMU (--dry-run)', './barshift, which builds and finds the kernel'),
]


def reached(report, kind, section, title, row):
    """The figure, or None when it was not measured."""
    for here in report['sections']:
        for group in here['groups'] if here['name'] == section else []:
            for name, median, _, _, ratio in group.summary() if group.title == title else []:
                if name == row:
                    return ratio if kind == 'ratio' else median
    return None


def told(figure, kind):
    return 'not measured' if figure is None else table.number(figure) + \
        (' times' if kind == 'ratio' else ' s')


def markdown(report):
    lines = ['| what | at most | reached |\n', '|---|---|---|\n']
    for text, most, kind, *place in TARGETS:
        lines.append(f'| {text} | {told(most, kind)} | '
                     f'{told(reached(report, kind, *place), kind)} |\n')
    return ''.join(lines)
