/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a made-up host can carry: its /proc and /sys are folders of the test. */
#include "capacity.h"

#include <glib/gstdio.h>

#define MIB (1024 * 1024ull)
#define GIB (1024 * MIB)
#define QEMU_BYTES (192 * MIB) /* what capacity.c adds to each guest */

static char *root;

static void put(const char *path, const char *text)
{
    g_autofree char *file = g_build_filename(root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(file);

    g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
}

static void remove_all(const char *folder)
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *name;

    while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            remove_all(path);
        } else {
            g_unlink(path);
        }
    }
    g_rmdir(folder);
}

static void host_begin(void)
{
    root = g_dir_make_tmp("test-capacity-XXXXXX", NULL);
    g_assert_nonnull(root);
    put("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:          100 kB\n"
                        "MemAvailable:    8388608 kB\n");
}

static void host_end(void)
{
    remove_all(root);
    g_clear_pointer(&root, g_free);
}

static void test_takes_what_is_available(void)
{
    Capacity capacity;

    host_begin();
    capacity = capacity_read(root);
    g_assert_cmpuint(capacity.memory_bytes, ==, 8 * GIB);
    g_assert_cmpuint(capacity.processors, >=, 1);
    host_end();
}

/* Nothing is kept from running because a file cannot be read. */
static void test_knows_no_limit_without_proc(void)
{
    Capacity capacity;

    host_begin();
    remove_all(root);
    capacity = capacity_read(root);
    g_assert_cmpuint(capacity.memory_bytes, ==, G_MAXUINT64);
    g_assert_cmpuint(capacity.processors, >=, 1);
    host_end();
}

static const struct {
    const char *name, *group;  /* limits of a group of its own, or of the one above, or the root */
    const char *max, *current, *stat;
    guint64 expected_bytes;
} memory_rows[] = {
    { "own", "/above/own", "4294967296", "1073741824", "anon 5\n", 3 * GIB },
    { "above", "/above", "4294967296", "1073741824", "anon 5\n", 3 * GIB },
    { "root-of-a-container", "", "4294967296", "1073741824", "anon 5\n", 3 * GIB },
    { "files-are-given-back", "/above/own", "4294967296", "3221225472",
      "anon 5\nfile 9\ninactive_file 1073741824\nactive_file 1073741824\n", 3 * GIB },
    { "no-limit", "/above/own", "max", "1073741824", "anon 5\n", 8 * GIB },
    { "larger-than-the-host", "/above/own", "1099511627776", "0", "", 8 * GIB },
    { "used-up", "/above/own", "4294967296", "5368709120", "anon 5\n", 0 },
};

static void test_keeps_to_the_limit_of_memory(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(memory_rows); i++) {
        g_autofree char *folder = g_strconcat("sys/fs/cgroup", memory_rows[i].group, NULL);
        g_autofree char *max = g_build_filename(folder, "memory.max", NULL);
        g_autofree char *current = g_build_filename(folder, "memory.current", NULL);
        g_autofree char *stat = g_build_filename(folder, "memory.stat", NULL);

        g_test_message("%s", memory_rows[i].name);
        host_begin();
        put("proc/self/cgroup", "1:cpu:/elsewhere\n0::/above/own\n");
        put(max, memory_rows[i].max);
        put(current, memory_rows[i].current);
        put(stat, memory_rows[i].stat);
        g_assert_cmpuint(capacity_read(root).memory_bytes, ==, memory_rows[i].expected_bytes);
        host_end();
    }
}

/* The quota is below one processor, so that it counts wherever the test runs. */
static void test_keeps_to_the_quota_of_processors(void)
{
    host_begin();
    put("proc/self/cgroup", "0::/own\n");
    put("sys/fs/cgroup/cpu.max", "max 100000\n");
    put("sys/fs/cgroup/own/cpu.max", "50000 100000\n");
    g_assert_cmpuint(capacity_read(root).processors, ==, 1);
    host_end();
}

static void test_ignores_no_quota(void)
{
    guint processors;

    host_begin();
    processors = capacity_read(root).processors;
    put("proc/self/cgroup", "0::/\n");
    put("sys/fs/cgroup/cpu.max", "max 100000\n");
    g_assert_cmpuint(capacity_read(root).processors, ==, processors);
    put("sys/fs/cgroup/cpu.max", "99900000 100000\n");
    g_assert_cmpuint(capacity_read(root).processors, ==, processors);
    host_end();
}

static const struct {
    const char *name;
    guint64 guests_bytes[4];
    guint count, wanted;
    guint64 memory_bytes;
    guint expected;
} job_rows[] = {
    { "plenty", { GIB, GIB, GIB, GIB }, 4, 4, 64 * GIB, 4 },
    { "no-more-than-wanted", { GIB, GIB, GIB, GIB }, 4, 2, 64 * GIB, 2 },
    { "no-more-than-there-are", { GIB, GIB }, 2, 8, 64 * GIB, 2 },
    { "just-enough", { GIB, GIB, GIB, GIB }, 4, 4, 3 * (GIB + QEMU_BYTES), 3 },
    { "a-byte-is-missing", { GIB, GIB, GIB, GIB }, 4, 4, 3 * (GIB + QEMU_BYTES) - 1, 2 },
    /* any two may come together, so the two largest have to fit, wherever they stand */
    { "the-largest-count", { GIB, 8 * GIB, GIB, 8 * GIB }, 4, 2, 10 * GIB, 1 },
    { "one-always-runs", { 8 * GIB, 8 * GIB }, 2, 2, GIB, 1 },
    { "nothing-left", { GIB, GIB }, 2, 2, 0, 1 },
    { "unknown", { GIB, GIB, GIB }, 3, 3, G_MAXUINT64, 3 },
    { "no-guest", { 0 }, 0, 1, 64 * GIB, 1 },
};

static void test_runs_what_fits(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(job_rows); i++) {
        g_test_message("%s", job_rows[i].name);
        g_assert_cmpuint(capacity_jobs(job_rows[i].guests_bytes, job_rows[i].count,
                                       job_rows[i].wanted, job_rows[i].memory_bytes),
                         ==, job_rows[i].expected);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/capacity/memory/is-what-is-available", test_takes_what_is_available);
    g_test_add_func("/capacity/memory/is-unlimited-when-unknown", test_knows_no_limit_without_proc);
    g_test_add_func("/capacity/memory/keeps-to-cgroups", test_keeps_to_the_limit_of_memory);
    g_test_add_func("/capacity/processors/keep-to-cgroups", test_keeps_to_the_quota_of_processors);
    g_test_add_func("/capacity/processors/need-no-quota", test_ignores_no_quota);
    g_test_add_func("/capacity/jobs/are-those-that-fit", test_runs_what_fits);
    return g_test_run();
}
