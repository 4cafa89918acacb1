/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capacity.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

/*
 * What QEMU takes beside the guest's memory, with room to spare: in the main scenario QEMU and the
 * part of the guest's memory that was touched had 250 MiB together.
 */
#define QEMU_BYTES (192 * 1024 * 1024ull)

static char *read_text(const char *root, const char *folder, const char *name)
{
    g_autofree char *path = g_strconcat(root, folder, "/", name, NULL);
    char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

/* The number behind @key at the start of a line; FALSE when there is none. */
static gboolean line_number(const char *text, const char *key, guint64 *value)
{
    g_auto(GStrv) lines = g_strsplit(text == NULL ? "" : text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], key)) {
            *value = g_ascii_strtoull(lines[i] + strlen(key), NULL, 10);
            return TRUE;
        }
    }
    return FALSE;
}

static guint allowed_processors(void)
{
    cpu_set_t set;

    /* fails on hosts with more processors than the set has room for */
    return sched_getaffinity(0, sizeof(set), &set) == 0 ? (guint)CPU_COUNT(&set)
                                                        : g_get_num_processors();
}

static guint64 available_memory(const char *root)
{
    g_autofree char *text = read_text(root, "/proc", "meminfo");
    guint64 kib;

    return line_number(text, "MemAvailable:", &kib) ? kib * 1024 : G_MAXUINT64;
}

/* cpu.max is "QUOTA PERIOD" in microseconds, or "max PERIOD" */
static void apply_quota(const char *root, const char *folder, Capacity *capacity)
{
    g_autofree char *text = read_text(root, folder, "cpu.max");
    char *end = text;
    guint64 quota = text == NULL ? 0 : g_ascii_strtoull(text, &end, 10);
    guint64 period = quota == 0 ? 0 : g_ascii_strtoull(end, NULL, 10);

    if (period != 0) {
        capacity->processors = MIN(capacity->processors, MAX(1, quota / period));
    }
}

/* Cached files are counted as used, and given back when memory is asked for. */
static void apply_limit(const char *root, const char *folder, Capacity *capacity)
{
    g_autofree char *limit_text = read_text(root, folder, "memory.max");
    g_autofree char *used_text = read_text(root, folder, "memory.current");
    g_autofree char *stat = read_text(root, folder, "memory.stat");
    guint64 active = 0, inactive = 0, limit, used;

    if (limit_text == NULL || used_text == NULL || !g_ascii_isdigit(limit_text[0])) {
        return;
    }
    line_number(stat, "active_file ", &active);
    line_number(stat, "inactive_file ", &inactive);
    limit = g_ascii_strtoull(limit_text, NULL, 10);
    used = g_ascii_strtoull(used_text, NULL, 10);
    used -= MIN(used, active + inactive);
    capacity->memory_bytes = MIN(capacity->memory_bytes, limit - MIN(limit, used));
}

/* Its limits, and those of every group above it. */
static void apply_cgroup(const char *root, Capacity *capacity)
{
    g_autofree char *text = read_text(root, "/proc/self", "cgroup");
    g_auto(GStrv) lines = g_strsplit(text == NULL ? "" : text, "\n", -1);
    char *end;

    for (guint i = 0; lines[i] != NULL; i++) {
        if (!g_str_has_prefix(lines[i], "0::/")) {
            continue; /* of version 1 */
        }
        do {
            g_autofree char *folder = g_strconcat("/sys/fs/cgroup", lines[i] + 3, NULL);

            apply_quota(root, folder, capacity);
            apply_limit(root, folder, capacity);
            end = strrchr(lines[i] + 3, '/');
            if (end != NULL) {
                *end = '\0';
            }
        } while (end != NULL);
    }
}

Capacity capacity_read(const char *root)
{
    Capacity capacity = {
        .processors = allowed_processors(),
        .memory_bytes = available_memory(root),
    };

    apply_cgroup(root, &capacity);
    return capacity;
}

static int larger_first(const void *a, const void *b)
{
    guint64 left = *(const guint64 *)a, right = *(const guint64 *)b;

    return left < right ? 1 : left > right ? -1 : 0;
}

guint capacity_jobs(const guint64 *guests_bytes, guint count, guint wanted, guint64 memory_bytes)
{
    g_autofree guint64 *sorted = g_memdup2(guests_bytes, count * sizeof(*sorted));
    guint64 left = memory_bytes;
    guint jobs = 0;

    if (count > 0) {
        qsort(sorted, count, sizeof(*sorted), larger_first);
    }
    while (jobs < MIN(wanted, count) && left >= QEMU_BYTES && left - QEMU_BYTES >= sorted[jobs]) {
        left -= QEMU_BYTES + sorted[jobs++];
    }
    return MAX(jobs, 1);
}
