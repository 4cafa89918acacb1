/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine that scenarios were played on, for the report. */
#ifndef BARSHIFT_HOST_HOST_FACTS_H
#define BARSHIFT_HOST_HOST_FACTS_H

#include <json-glib/json-glib.h>

/** host_facts() - (transfer full): "system", "kernel", "machine", "processors", "memory" */
JsonNode *host_facts(void);

#endif
