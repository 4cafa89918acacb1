# SPDX-License-Identifier: GPL-2.0-or-later
"""What was measured, as JSON: each figure of each round, and what tables make of them."""
import json
import os

from figures import Group


def merged(earlier, report):
    """With the sections that were not measured anew, if they are of the same machine."""
    anew = {section['name'] for section in report['sections']}
    kept = earlier['sections'] if earlier['host'] == report['host'] else []
    return {**report, 'sections': [section for section in kept if section['name'] not in anew] +
                                  report['sections']}


def write(path, report):
    """As a whole, or not at all."""
    sections = [{**section, 'groups': [group.plain() for group in section['groups']]}
                for section in report['sections']]
    with open(path + '.new', 'w', encoding='utf-8') as file:
        json.dump({**report, 'sections': sections}, file, indent=1)
        file.write('\n')
    os.replace(path + '.new', path)


def read(path):
    with open(path, encoding='utf-8') as file:
        report = json.load(file)
    for section in report['sections']:
        section['groups'] = [Group.of(plain) for plain in section['groups']]
    return report
