/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that QEMU has for devices.
 */

#include <string.h>

#include "ramblock.h"

#define DEADLINE_US (10 * G_USEC_PER_SEC)
#define POLL_US 10000

unsigned ramblock_count(QTest *qtest, uint64_t size_bytes)
{
    static const char command[] =
        "{\"execute\": \"human-monitor-command\", \"arguments\": "
        "{\"command-line\": \"info ramblock\"}}";
    g_autoptr(JsonNode) text = qtest_qmp(qtest, command);
    g_auto(GStrv) lines = g_strsplit(json_node_get_string(text), "\n", -1);
    g_autofree char *size = g_strdup_printf("0x%016" G_GINT64_MODIFIER "x", size_bytes);
    unsigned count = 0;

    for (char **line = lines; *line; line++) {
        count += strstr(*line, size) != NULL;
    }
    return count;
}

void ramblock_await(QTest *qtest, uint64_t size_bytes, unsigned count)
{
    gint64 deadline_us = g_get_monotonic_time() + DEADLINE_US;

    while (ramblock_count(qtest, size_bytes) != count && g_get_monotonic_time() < deadline_us) {
        g_usleep(POLL_US);
    }
    g_assert_cmpuint(ramblock_count(qtest, size_bytes), ==, count);
}
