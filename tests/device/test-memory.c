/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the memory BAR costs the host.
 */

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "function.h"

#define BUDGET_KIB (8 * 1024)

/* A line of /proc/PID/status */
static gint64 status_kib(QTest *qtest, const char *name)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)qtest_pid(qtest));
    g_autofree char *text = NULL;
    const char *line;
    long kib = -1;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    line = strstr(text, name);
    g_assert_nonnull(line);
    g_assert_cmpint(sscanf(line + strlen(name), ": %ld kB", &kib), ==, 1);
    return kib;
}

static gint64 resident_kib(QTest *qtest)
{
    return status_kib(qtest, "VmRSS");
}

/* QEMU gives back what its start needed when it has been idle for a while: the least of a second */
static gint64 least_resident_kib(QTest *qtest)
{
    gint64 least_kib = G_MAXINT64;

    for (unsigned i = 0; i < 20; i++) {
        least_kib = MIN(least_kib, resident_kib(qtest));
        g_usleep(50000);
    }
    return least_kib;
}

static void test_untouched_memory_costs_little(void)
{
    static const char *const none[] = { NULL };
    QTest *without = qtest_start(none);
    Function with;
    gint64 cost_kib;

    function_start(&with, "");
    function_place(&with, MEMORY_BASE);
    assert_reached(&with, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    cost_kib = least_resident_kib(with.qtest) - least_resident_kib(without);
    g_test_message("2 GiB BAR, untouched: %" G_GINT64_FORMAT " KiB", cost_kib);
    g_assert_cmpint(cost_kib, <, BUDGET_KIB);
    function_stop(&with);
    qtest_stop(without);
}

/* With huge pages each of these words would cost 2 MiB */
static void test_a_word_costs_a_page(void)
{
    Function function;
    gint64 before_kib, cost_kib;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    before_kib = least_resident_kib(function.qtest);
    for (unsigned i = 0; i < 64; i++) {
        qtest_write(function.qtest, MEMORY_BASE + i * 32 * MIB + MIB, 8, UINT64_MAX);
    }
    cost_kib = resident_kib(function.qtest) - before_kib;
    g_test_message("64 words, 32 MiB apart: %" G_GINT64_FORMAT " KiB", cost_kib);
    g_assert_cmpint(cost_kib, >=, 64 * 4);
    g_assert_cmpint(cost_kib, <, BUDGET_KIB);
    function_stop(&function);
}

/* A host accounts for all of a private mapping before it is touched, for none of a shared one */
static void test_nothing_is_reserved(void)
{
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    const char *line;
    Function function;
    bool reserved = true;

    function_start(&function, "");
    path = g_strdup_printf("/proc/%d/smaps", (int)qtest_pid(function.qtest));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    /* The largest size is 16 GiB, and no other mapping is that large */
    line = strstr(text, "Size:           16777216 kB");
    g_assert_nonnull(line);
    line = strstr(line, "VmFlags:");
    g_assert_nonnull(line);
    reserved = g_strstr_len(line, (gssize)strcspn(line, "\n"), " ac ") != NULL;
    g_assert_false(reserved);
    function_stop(&function);
}

static unsigned bar_files(QTest *qtest)
{
    g_autofree char *folder = g_strdup_printf("/proc/%d/fd", (int)qtest_pid(qtest));
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    unsigned files = 0;

    g_assert_nonnull(dir);
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *link = g_build_filename(folder, name, NULL);
        g_autofree char *target = g_file_read_link(link, NULL);

        files += target && strstr(target, "memfd:barshift") != NULL;
    }
    return files;
}

/* By a host that has no room for it in the address space of QEMU */
static void test_refused_memory_leaves_no_file(void)
{
    static const char *const arguments[] = {
        "-device", "pcie-root-port,id=rp1", "-device", "barshift,bus=pcie.0", NULL,
    };
    QTest *qtest = qtest_start(arguments);
    rlim_t room = (rlim_t)status_kib(qtest, "VmSize") * 1024 + 8 * GIB;
    struct rlimit limit = { room, room };
    g_autofree char *refusal = NULL;

    g_assert_cmpint(prlimit(qtest_pid(qtest), RLIMIT_AS, &limit, NULL), ==, 0);
    refusal = qtest_qmp_refusal(qtest, "{'execute': 'device_add', 'arguments': "
                                "{'driver': 'barshift', 'bus': 'rp1'}}");
    g_assert_true(g_str_has_prefix(refusal, "property 'bar2': "));
    g_assert_cmpuint(bar_files(qtest), ==, 1); /* of the function that was accepted */
    qtest_stop(qtest);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* It makes the allocator touch all that it gives out; meson test sets it */
    g_unsetenv("MALLOC_PERTURB_");
    g_test_add_func("/memory/untouched-costs-little", test_untouched_memory_costs_little);
    g_test_add_func("/memory/a-word-costs-a-page", test_a_word_costs_a_page);
    g_test_add_func("/memory/nothing-is-reserved", test_nothing_is_reserved);
    g_test_add_func("/memory/refused-leaves-no-file", test_refused_memory_leaves_no_file);
    return g_test_run();
}
