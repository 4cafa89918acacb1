/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "result-origin.h"

void result_origin_clear(ResultOrigin *origin)
{
    g_free(origin->name);
    g_free(origin->scenario);
    g_free(origin->reproduce);
}
