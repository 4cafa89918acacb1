# SPDX-License-Identifier: GPL-2.0-or-later
"""What was measured: groups of rows, each with a figure of every round."""
import statistics
from dataclasses import dataclass, field


class Failure(Exception):
    """Why something cannot be measured, in one line."""


class Skip(Exception):
    """Why there is nothing to measure here, in one line."""


@dataclass
class Group:
    """Rows that are compared with one of them, in one unit.

    base: the row that the others are divided by; None: the first one, '': none
    """
    title: str
    unit: str
    base: str | None = None
    rows: dict[str, list[float]] = field(default_factory=dict)

    def add(self, row, figure):
        self.rows.setdefault(row, []).append(figure)

    def ratio(self, row):
        """Median of the ratios round by round, since a busy host is busy for both."""
        base = next(iter(self.rows)) if self.base is None else self.base
        if base not in self.rows:
            return None
        here, there = self.rows[row], self.rows[base]
        if 0 in there:
            return None
        if len(here) == len(there):
            return statistics.median(a / b for a, b in zip(here, there))
        return statistics.median(here) / statistics.median(there)

    def plain(self):
        """For a report; of() makes it a group again."""
        return {'title': self.title, 'unit': self.unit, 'base': self.base,
                'rows': [{'name': row, 'median': median, 'least': least, 'greatest': greatest,
                          'ratio': ratio, 'figures': self.rows[row]}
                         for row, median, least, greatest, ratio in self.summary()]}

    @classmethod
    def of(cls, plain):
        return cls(plain['title'], plain['unit'], plain['base'],
                   {row['name']: row['figures'] for row in plain['rows']})

    def summary(self):
        """(row, median, least, greatest, ratio or None) of each row."""
        return [(row, statistics.median(figures), min(figures), max(figures), self.ratio(row))
                for row, figures in self.rows.items()]


def take_turns(rounds, measures):
    """Has each of the measures called in every round, forwards and backwards in turn: whoever is
    first is at a disadvantage. Returns: what they returned, by name, a list with one a round.
    """
    found = {name: [] for name in measures}
    for number in range(rounds):
        names = list(measures)
        for name in names if number % 2 == 0 else reversed(names):
            found[name].append(measures[name]())
    return found
