# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be measured: each is a module whose first words are its title."""

# In the order of the page
SECTIONS = ['start', 'cold', 'options', 'split', 'snapshot', 'memory', 'jobs', 'device', 'access',
            'arbiter']
# Measured when they are named
ON_DEMAND = ['steady', 'catalogue']
