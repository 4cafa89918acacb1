/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The BARs of a function as the device model tells them, in its QOM property "ledger". */
#ifndef BARSHIFT_HOST_DEVICE_BARS_H
#define BARSHIFT_HOST_DEVICE_BARS_H

#include <json-glib/json-glib.h>

typedef struct DeviceBar {
    guint nr;
    char *kind; /* "io", "mem32" or "mem64" */
    gboolean prefetchable;
    gboolean control; /* the control registers are on its header page */
    char *backing;    /* "ram", "pattern" or "none" */
    gboolean mapped;
    guint64 base; /* when mapped */
    guint64 size_bytes;
    GArray *sizes; /* (element-type guint64): that it can have, ascending; empty: not resizable */
} DeviceBar;

/**
 * device_bars_parse() - read them
 * @ledger: (transfer none): value of the property
 *
 * Returns: (transfer full) (element-type DeviceBar): NULL when that has no list of BARs.
 */
GPtrArray *device_bars_parse(JsonNode *ledger);

/**
 * device_bars_main() - the BAR that a function is there for
 * @bars: (element-type DeviceBar)
 *
 * Of its memory BARs that hold memory or a pattern, and no control registers, the one that can be
 * largest, the first of several; the control BAR when no other one holds anything. It is the same
 * whatever sizes the BARs have been given.
 *
 * Returns: (transfer none) (nullable): NULL when there is no memory BAR at all.
 */
const DeviceBar *device_bars_main(const GPtrArray *bars);

/** device_bars_find() - (transfer none) (nullable): by number */
const DeviceBar *device_bars_find(const GPtrArray *bars, guint nr);

#endif
