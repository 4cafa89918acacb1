/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A layout as the device understands it: for people, and for programs. Pure. */
#ifndef BARSHIFT_HOST_LAYOUT_TEXT_H
#define BARSHIFT_HOST_LAYOUT_TEXT_H

#include "layout.h"

#include <json-glib/json-glib.h>

/**
 * layout_text() - title, table of BARs, other properties, and what the file says of itself
 * @ledger: (transfer none): the device's property "ledger"
 *
 * Returns: (transfer full)
 */
char *layout_text(const Layout *layout, JsonNode *ledger);

/** layout_json() - (transfer full): the same as JSON, with the device's own list of BARs */
JsonNode *layout_json(const Layout *layout, JsonNode *ledger);

#endif
