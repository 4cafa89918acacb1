/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "link-deflate.h"

#define CASE(name, function) { name, function, wire_clear, NULL, NULL }
#define WIRE_SIZE 65536
#define LINES 1000

/* What has gone over the line, and what a reader has made of it so far. */
typedef struct Wire {
    char bytes[WIRE_SIZE];
    size_t length;
    char plain[WIRE_SIZE];
} Wire;

static Wire wire;

static void wire_send(void *context, const char *bytes, size_t length)
{
    Wire *to = context;

    assert_in_range(to->length + length, 0, WIRE_SIZE);
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
}

static int wire_clear(void **state)
{
    (void)state;
    memset(&wire, 0, sizeof(wire));
    return 0;
}

/* A reader who begins at @start; Return: what inflate() says */
static int wire_read(size_t start)
{
    z_stream stream = {
        .next_in = (unsigned char *)wire.bytes + start,
        .avail_in = (unsigned)(wire.length - start),
        .next_out = (unsigned char *)wire.plain,
        .avail_out = WIRE_SIZE - 1,
    };
    int result;

    assert_int_equal(inflateInit2(&stream, -MAX_WBITS), Z_OK);
    result = inflate(&stream, Z_SYNC_FLUSH);
    wire.plain[stream.total_out] = '\0';
    inflateEnd(&stream);
    return result;
}

static void add(LinkDeflate *deflate, const char *text)
{
    link_deflate_add(deflate, text, strlen(text));
}

static void test_flush(void **state)
{
    LinkDeflate deflate;

    (void)state;
    assert_int_equal(link_deflate_init(&deflate, wire_send, &wire), 0);
    add(&deflate, "1>one\n");
    add(&deflate, "1=0\n");
    link_deflate_flush(&deflate);
    assert_int_equal(wire_read(0), Z_OK);
    assert_string_equal(wire.plain, "1>one\n1=0\n");
    link_deflate_flush(&deflate); /* nothing is left */
    add(&deflate, "2=1\n");
    link_deflate_flush(&deflate);
    assert_int_equal(wire_read(0), Z_OK);
    assert_string_equal(wire.plain, "1>one\n1=0\n2=1\n");
    link_deflate_deinit(&deflate);
}

/* More than fits the buffer at once, and much less when it is said again */
static void test_repetition(void **state)
{
    LinkDeflate deflate;
    size_t first;

    (void)state;
    assert_int_equal(link_deflate_init(&deflate, wire_send, &wire), 0);
    for (unsigned i = 0; i < LINES; i++) {
        char line[32];

        snprintf(line, sizeof(line), "%08x%08x\n", i * 2654435761u, i * 40503u * i);
        add(&deflate, line);
    }
    link_deflate_flush(&deflate);
    first = wire.length;
    assert_int_equal(wire_read(0), Z_OK);
    assert_int_equal(strlen(wire.plain), LINES * 17);
    add(&deflate, wire.plain);
    link_deflate_flush(&deflate);
    assert_in_range(wire.length - first, 1, first / 10);
    assert_int_equal(wire_read(0), Z_OK);
    assert_int_equal(strlen(wire.plain), 2 * LINES * 17);
    link_deflate_deinit(&deflate);
}

static void test_restart(void **state)
{
    LinkDeflate deflate;
    size_t start;

    (void)state;
    assert_int_equal(link_deflate_init(&deflate, wire_send, &wire), 0);
    add(&deflate, "7>said to somebody else\n");
    link_deflate_flush(&deflate);
    start = wire.length;
    link_deflate_restart(&deflate);
    add(&deflate, "1>said to somebody else\n");
    link_deflate_flush(&deflate);
    assert_int_equal(wire_read(start), Z_OK);
    assert_string_equal(wire.plain, "1>said to somebody else\n");
    link_deflate_deinit(&deflate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/link-deflate/flush-sends-all-that-was-added", test_flush),
        CASE("/link-deflate/repetition-costs-little", test_repetition),
        CASE("/link-deflate/restart-needs-nothing-from-before", test_restart),
    };

    return cmocka_run_group_tests_name("link-deflate", tests, NULL, NULL);
}
