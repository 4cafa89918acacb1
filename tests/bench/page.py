# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of docs/performance.md, each between a comment that names its section and another."""
import re

import host
import table
import targets
from figures import Failure

END = '<!-- end -->\n'


def begin(name):
    return f"<!-- {name}: written by 'barshift bench --page' -->\n"


def names(text):
    """Of the places for tables, in their order."""
    return re.findall(r"^<!-- (\S+): written by 'barshift bench --page' -->$", text, re.MULTILINE)


def put(text, name, content):
    before, mark, rest = text.partition(begin(name))
    _, end, after = rest.partition(END)
    if not end:
        raise Failure(f'the page has no place for the table {name}')
    return before + mark + content + END + after


def when(sections):
    """Days, and how busy the machine was before: processes that wanted a processor in a minute."""
    days = sorted({section['started'][:10] for section in sections})
    loads = [section['load'] for section in sections]
    return f"Measured {' and '.join(days)}; load before each section {min(loads):.1f} to " + \
        f'{max(loads):.1f}'


def write(path, report):
    """Puts in what was measured, and leaves the other tables as they are."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    for section in report['sections']:
        tables = '\n'.join(table.markdown(group) for group in section['groups'])
        if tables:
            text = put(text, section['name'], tables)
    text = put(text, 'machine', f"{host.text(report['host'])}. {when(report['sections'])}.\n")
    text = put(text, 'targets', targets.markdown(report))
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
