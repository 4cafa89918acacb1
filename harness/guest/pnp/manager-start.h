/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The second half of the manager's protocol: who starts again, and what becomes of who does not. */
#ifndef BARSHIFT_MANAGER_START_H
#define BARSHIFT_MANAGER_START_H

#include "manager.h"

/**
 * manager_start() - START bottom up to everybody who is stopped
 * @moved: the addresses are assigned anew: newcomers are started, too, and those whose requirements
 *         have changed; false: roll back
 *
 * Who cannot be started is lost; what is lost is removed when its handles are closed.
 */
void manager_start(Manager *manager, bool moved);

/** manager_lose() - SURPRISE_REMOVAL to one that has failed, and before to what is stopped below */
void manager_lose(Manager *manager, size_t index);

#endif
