/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accesses to I/O BARs of a live system: pread and pwrite of sysfs resourceN. */
#ifndef BARSHIFT_PORTS_H
#define BARSHIFT_PORTS_H

#include "access.h"

/** ports_back_end() - its context is what stands before "/sys" */
AccessBackEnd ports_back_end(void);

#endif
