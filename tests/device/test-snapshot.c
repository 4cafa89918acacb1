/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Back to a snapshot of the VM in the same QEMU, where the function has lived on meanwhile.
 */

#include <stdarg.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <linux/pci_regs.h>

#include "observation.h"
#include "rebar-size.h"

#define CONTENT UINT64_C(0x1122334455667788)
#define WINDOW_SIZE (64 * GIB)
#define MOVED_BASE (MEMORY_BASE + 8 * GIB)
#define DEADLINE_US (20 * G_USEC_PER_SEC)

static const Place places[] = {
    { MEMORY_BASE, BARSHIFT_HEADER_PAGE_SIZE },
    { MEMORY_BASE, GIB },
    { MEMORY_BASE, 2 * GIB - 8 },
    { MOVED_BASE, BARSHIFT_HEADER_PAGE_SIZE },
    { },
};

/* The drive that has the snapshot */

/**
 * Drive - a file that QEMU has made a qcow2 of
 * @folder: private
 * @path: the file
 */
typedef struct Drive {
    QTest *qtest;
    char *folder;
    char *path;
} Drive;

static void G_GNUC_PRINTF(2, 3) run(const Drive *drive, const char *format, ...)
{
    g_autofree char *command = NULL;
    va_list arguments;

    va_start(arguments, format);
    command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    json_node_unref(qtest_qmp(drive->qtest, command));
}

/* False while it is not at its end */
static bool job_has_ended(const Drive *drive)
{
    g_autoptr(JsonNode) jobs = qtest_qmp(drive->qtest, "{\"execute\": \"query-jobs\"}");
    JsonObject *job = json_array_get_object_element(json_node_get_array(jobs), 0);

    if (!g_str_equal(json_object_get_string_member(job, "status"), "concluded")) {
        return false;
    }
    g_assert_cmpstr(json_object_get_string_member_with_default(job, "error", NULL), ==, NULL);
    return true;
}

/* The job that was started last, whose name is "job" */
static void finish_job(const Drive *drive)
{
    gint64 deadline_us = g_get_monotonic_time() + DEADLINE_US;

    while (!job_has_ended(drive)) {
        g_assert_cmpint(g_get_monotonic_time(), <, deadline_us);
        g_usleep(1000);
    }
    run(drive, "{\"execute\": \"job-dismiss\", \"arguments\": {\"id\": \"job\"}}");
}

static void drive_add(Drive *drive, QTest *qtest)
{
    drive->qtest = qtest;
    drive->folder = g_dir_make_tmp("barshift-XXXXXX", NULL);
    g_assert_nonnull(drive->folder);
    drive->path = g_build_filename(drive->folder, "drive", NULL);

    run(drive, "{\"execute\": \"blockdev-create\", \"arguments\": {\"job-id\": \"job\", "
               "\"options\": {\"driver\": \"file\", \"filename\": \"%s\", \"size\": 0}}}",
        drive->path);
    finish_job(drive);
    run(drive, "{\"execute\": \"blockdev-add\", \"arguments\": {\"driver\": \"file\", "
               "\"node-name\": \"file\", \"filename\": \"%s\"}}", drive->path);
    run(drive, "{\"execute\": \"blockdev-create\", \"arguments\": {\"job-id\": \"job\", "
               "\"options\": {\"driver\": \"qcow2\", \"file\": \"file\", \"size\": 1048576}}}");
    finish_job(drive);
    run(drive, "{\"execute\": \"blockdev-add\", \"arguments\": {\"driver\": \"qcow2\", "
               "\"node-name\": \"drive\", \"file\": \"file\"}}");
}

static void drive_remove(Drive *drive)
{
    g_unlink(drive->path);
    g_rmdir(drive->folder);
    g_free(drive->path);
    g_free(drive->folder);
}

/* @what: "snapshot-save" or "snapshot-load" */
static void snapshot(const Drive *drive, const char *what)
{
    run(drive, "{\"execute\": \"%s\", \"arguments\": {\"job-id\": \"job\", \"tag\": \"then\", "
               "\"vmstate\": \"drive\", \"devices\": [\"drive\"]}}", what);
    finish_job(drive);
}

/* What becomes of the function between the snapshot and the way back */

static void resize(const Below *below, unsigned size_log2_mib)
{
    unsigned rebar = capability_find(&below->function, PCI_EXT_CAP_ID_REBAR);

    config_write(&below->function, rebar + REBAR_CONTROL(0) + 1, 1, size_log2_mib);
}

static void live_on(const Below *below)
{
    decode_set(&below->function, false);
    resize(below, 13);
    function_place(&below->function, MOVED_BASE);
}

/* Content of the snapshot, and content that it has not got */
static void live_with_other_content(const Below *below)
{
    qtest_write(below->function.qtest, MEMORY_BASE + GIB, 8, ~CONTENT);
    qtest_write(below->function.qtest, MEMORY_BASE + 2 * GIB - 8, 8, ~CONTENT);
}

static void live_with_faults(const Below *below)
{
    function_fault(&below->function, "old-answers+header-stale+content-aliased+dead-mapping+"
                                     "resize-not-decoded+capability-loop+ledger-drops");
    live_on(below);
}

static void live_stopped(const Below *below)
{
    qtest_write(below->function.qtest, CONTROL_BASE + BARSHIFT_DRIVER_STATE, 4,
                BARSHIFT_DRIVER_STOPPED);
    live_with_other_content(below);
}

static void live_for_long(const Below *below)
{
    for (unsigned i = 0; i < 100; i++) {
        function_place(&below->function, i % 2 ? MEMORY_BASE : MOVED_BASE);
    }
}

static void live_through_a_reset(const Below *below)
{
    qtest_system_reset(below->function.qtest);
    below_enable(below);
}

static const struct {
    const char *name;
    void (*live)(const Below *below);
} lives[] = {
    { "moved-and-resized", live_on },
    { "other-content", live_with_other_content },
    { "faults", live_with_faults },
    { "driver-stopped", live_stopped },
    { "ledger-full", live_for_long },
    { "reset", live_through_a_reset },
};

static void test_back(gconstpointer data)
{
    unsigned i = GPOINTER_TO_UINT(data);
    Below below;
    Drive drive;
    char *before;

    below_start(&below, "");
    drive_add(&drive, below.function.qtest);
    below_windows_set(&below, MEMORY_BASE, WINDOW_SIZE);
    function_place(&below.function, MEMORY_BASE);
    qtest_write(below.function.qtest, MEMORY_BASE + BARSHIFT_HEADER_PAGE_SIZE, 8, CONTENT);
    qtest_write(below.function.qtest, MEMORY_BASE + GIB, 8, CONTENT + 1);
    qtest_write(below.function.qtest, MEMORY_BASE + BARSHIFT_HEADER_SCRATCH, 8, CONTENT + 2);
    before = observe(&below, places);
    snapshot(&drive, "snapshot-save");

    lives[i].live(&below);
    snapshot(&drive, "snapshot-load");
    assert_observations(observe(&below, places), before);

    /* And on from there */
    live_on(&below);
    assert_reached(&below.function, MOVED_BASE, BARSHIFT_MEMORY_BAR);
    assert_silent(&below.function, MEMORY_BASE);
    below_stop(&below);
    drive_remove(&drive);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(lives); i++) {
        g_autofree char *path = g_strconcat("/snapshot/after/", lives[i].name, NULL);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_back);
    }
    return g_test_run();
}
