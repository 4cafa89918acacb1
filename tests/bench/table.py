# SPDX-License-Identifier: GPL-2.0-or-later
"""The one table: what, median [least to greatest], ratio; as text and as Markdown."""
import math


def number(figure):
    """Three digits that matter, and never an exponent; what was counted has all of them."""
    if isinstance(figure, int) or figure == 0:
        return f'{figure:,.0f}'
    before = math.floor(math.log10(abs(figure))) + 1
    return f'{figure:,.{min(max(3 - before, 0), 4)}f}'


def cells(row, median, least, greatest, ratio, samples):
    spread = f' [{number(least)} to {number(greatest)}]' if samples > 1 else ''
    return row, number(median) + spread, '' if ratio is None else number(ratio)


def lines(group):
    return [cells(*summary, len(group.rows[summary[0]])) for summary in group.summary()]


def text(groups):
    """Tables below each other, as wide as the widest of them."""
    tables = [[(group.title, group.unit, 'ratio'), *lines(group)] for group in groups]
    widths = [max(len(row[column]) for rows in tables for row in rows) for column in range(2)]
    form = f'  {{:<{widths[0]}}}  {{:<{widths[1]}}}  {{:>6}}'
    return '\n'.join(''.join(form.format(*row).rstrip() + '\n' for row in rows) for rows in tables)


def markdown(group):
    rows = [(group.title, group.unit, 'ratio'), ('---',) * 3, *lines(group)]
    return ''.join(('| ' + ' | '.join(row) + ' |\n').replace('|  |', '| |') for row in rows)
