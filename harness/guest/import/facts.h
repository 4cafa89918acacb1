/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What configuration space tells beside the topology. */
#ifndef BARSHIFT_IMPORT_FACTS_H
#define BARSHIFT_IMPORT_FACTS_H

#include "captured.h"

/**
 * facts_read() - fill captured->facts from where the topology was read
 * @why: (out) CONFIG_WHY_SIZE bytes, set when the result is negative
 *
 * Return: 0 or -errno.
 */
int facts_read(Captured *captured, const ConfigSource *source, char *why);

#endif
