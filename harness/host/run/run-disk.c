/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest's own disk tells of its boot. */
#include "error.h"
#include "json-member.h"
#include "run.h"

#include <string.h>

#define BOOTED_BYTES (64 * 1024) /* firmware reads a sector, every boot loader more than this */

/* Of the disk, by now; -1: it cannot be told */
static gint64 bytes_read(Run *run)
{
    g_autoptr(JsonNode) reply = qmp_execute(vm_qmp(run->vm), "query-blockstats", NULL, NULL);
    JsonArray *drives =
        reply != NULL && JSON_NODE_HOLDS_ARRAY(reply) ? json_node_get_array(reply) : NULL;

    for (guint i = 0; drives != NULL && i < json_array_get_length(drives); i++) {
        JsonObject *drive = json_array_get_object_element(drives, i);
        JsonObject *stats = json_member_object(drive, "stats");

        if (g_str_equal(json_member_string(drive, "device", ""), "barshift-disk")) {
            return stats == NULL ? -1 : json_member_int(stats, "rd_bytes", -1);
        }
    }
    return -1;
}

gboolean run_disk_was_read(Run *run)
{
    return bytes_read(run) >= BOOTED_BYTES;
}

void run_explain_disk(Run *run, GError **error)
{
    const Disk *disk = run->options->parts.disk;
    g_autofree char *before = NULL;
    gint64 count;

    if (disk == NULL || !g_error_matches(*error, RUNNER_ERROR, RUNNER_ERROR_DEADLINE)) {
        return;
    }
    count = bytes_read(run);
    before = (*error)->message;
    (*error)->message =
        count >= 0 && count < BOOTED_BYTES
            ? g_strdup_printf("nothing boots from disk '%s': %" G_GINT64_FORMAT
                              " bytes were read of it\n%s", disk->image, count, before)
        : disk->outside
            ? g_strdup(before)
            : g_strdup_printf("no agent has spoken on the guest's second serial line: docs/disk.md "
                              "tells how it is started, and --outside does without one\n%s",
                              before);
}
