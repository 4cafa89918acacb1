/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Saved state of a QEMU.
 */

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"

#define DEADLINE_US (20 * G_USEC_PER_SEC)
#define POLL_US 1000

#define SECTION_START 4     /* QEMU_VM_SECTION_FULL: number (32 bits), name, instance, version */
#define SECTION_FOOTER 0x7e /* QEMU_VM_SECTION_FOOTER: number */
#define NUMBER_BYTES 4

/* "completed" or "failed"; NULL when QEMU has ended */
static char *await_end(QTest *qtest)
{
    gint64 deadline_us = g_get_monotonic_time() + DEADLINE_US;

    for (;;) {
        g_autoptr(JsonNode) answer = qtest_qmp_or_end(qtest, "{\"execute\": \"query-migrate\"}");
        const char *status;

        if (!answer) {
            return NULL;
        }
        status = json_object_get_string_member_with_default(json_node_get_object(answer),
                                                            "status", "");
        if (g_str_equal(status, "completed") || g_str_equal(status, "failed")) {
            return g_strdup(status);
        }
        if (g_get_monotonic_time() > deadline_us) {
            g_error("migration has not ended: %s", status);
        }
        g_usleep(POLL_US);
    }
}

static int new_file(void)
{
    int fd = memfd_create("state", MFD_CLOEXEC);

    g_assert_cmpint(fd, >=, 0);
    return fd;
}

static GBytes *file_contents(int fd)
{
    struct stat status;
    gsize size;
    void *data;

    g_assert_cmpint(fstat(fd, &status), ==, 0);
    size = (gsize)status.st_size;
    data = g_malloc(size);
    g_assert_cmpint(pread(fd, data, size, 0), ==, status.st_size);
    return g_bytes_new_take(data, size);
}

static void save_to(QTest *qtest, int fd, const char *expected_end)
{
    g_autofree char *end = NULL;

    qtest_give_fd(qtest, "state", fd);
    json_node_unref(qtest_qmp(qtest, "{\"execute\": \"migrate\", \"arguments\": "
                                     "{\"uri\": \"fd:state\"}}"));
    end = await_end(qtest);
    g_assert_cmpstr(end, ==, expected_end);
}

GBytes *state_save(QTest *qtest)
{
    int fd = new_file();
    GBytes *state;

    save_to(qtest, fd, "completed");
    state = file_contents(fd);
    close(fd);
    return state;
}

void state_assert_not_saved(QTest *qtest)
{
    int fd = new_file();

    save_to(qtest, fd, "failed");
    close(fd);
}

char *state_try_load(QTest *qtest, GBytes *state, int *status)
{
    g_autofree char *end = NULL;
    gsize size;
    const void *data = g_bytes_get_data(state, &size);
    int fd = new_file();

    g_assert_cmpint(pwrite(fd, data, size, 0), ==, (gssize)size);
    qtest_give_fd(qtest, "state", fd);
    close(fd);
    json_node_unref(qtest_qmp(qtest, "{\"execute\": \"migrate-incoming\", \"arguments\": "
                                     "{\"uri\": \"fd:state\"}}"));
    end = await_end(qtest);
    if (g_strcmp0(end, "completed") == 0) {
        return NULL;
    }
    return qtest_end(qtest, status);
}

void state_load(QTest *qtest, GBytes *state, int64_t time_ns)
{
    g_autofree char *refusal = NULL;
    int status;

    qtest_clock_step(qtest, time_ns - qtest_clock_step(qtest, 0));
    refusal = state_try_load(qtest, state, &status);
    if (refusal) {
        g_error("the state was refused, status %d:\n%s", status, refusal);
    }
}

void state_assert_refused(QTest *qtest, GBytes *state, const char *message)
{
    int status = 0;
    g_autofree char *told = state_try_load(qtest, state, &status);

    g_assert_nonnull(told);
    if (!strstr(told, message)) {
        g_error("no '%s' in: %s", message, told);
    }
    g_assert_cmpint(status, ==, 1);
}

/* Names have their length in front, and are paths: the name itself comes behind the last slash */
gsize state_section(GBytes *state, const char *name, gsize *length)
{
    g_autofree char *end_of_name = g_strconcat("/", name, NULL);
    gsize size, name_length = strlen(end_of_name);
    const uint8_t *data = g_bytes_get_data(state, &size);
    const uint8_t *place = memmem(data, size, end_of_name, name_length);
    uint8_t footer[1 + NUMBER_BYTES] = { SECTION_FOOTER };
    const uint8_t *start, *end;

    g_assert_nonnull(place);
    start = place;
    while (start[-1] != (uint8_t)(place + name_length - start)) {
        start--;
    }
    g_assert_cmpint(start[-2 - NUMBER_BYTES], ==, SECTION_START);
    memcpy(footer + 1, start - 1 - NUMBER_BYTES, NUMBER_BYTES);

    start = place + name_length + 2 * NUMBER_BYTES; /* instance and version */
    end = memmem(start, size - (gsize)(start - data), footer, sizeof(footer));
    g_assert_nonnull(end);
    *length = (gsize)(end - start);
    return (gsize)(start - data);
}
