/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "back-end.h"

static const BackEndOps *const back_ends[] = {
    &back_end_sysfs,
    &back_end_vfio,
    &back_end_kernel,
};

const BackEndOps *back_end_find(const char *name)
{
    for (size_t i = 0; i < sizeof(back_ends) / sizeof(back_ends[0]); i++) {
        if (strcmp(back_ends[i]->name, name) == 0) {
            return back_ends[i];
        }
    }
    return NULL;
}
