/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link-frame.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define WIRE_SIZE 32768
#define SEQUENCE_DIGITS 20 /* of UINT64_MAX */

typedef struct Wire {
    char text[WIRE_SIZE];
    size_t length;
    size_t longest;
} Wire;

static Wire wire;
static LinkOutput output;

static void wire_send(void *context, const char *line, size_t length)
{
    Wire *to = context;

    assert_in_range(to->length + length, 1, WIRE_SIZE - 1);
    memcpy(to->text + to->length, line, length);
    to->length += length;
    to->text[to->length] = '\0';
    to->longest = length > to->longest ? length : to->longest;
}

static int wire_clear(void **state)
{
    (void)state;
    memset(&wire, 0, sizeof(wire));
    return 0;
}

static void test_output(void **state)
{
    (void)state;
    link_output_init(&output, wire_send, &wire, 7, LINK_MARK_OUT);
    link_output_add(&output, "on", 2);
    link_output_add(&output, "e\n\ntw", 5);
    link_output_add(&output, "o", 1);
    link_output_end(&output);
    link_output_end(&output);
    link_end_send(wire_send, &wire, 7, 130);
    assert_string_equal(wire.text, "7>one\n7>\n7>two\n7=130\n");
}

/* What the reader gets when it joins the parts is the line */
static void test_output_long(void **state)
{
    char joined[3 * LINK_LINE_MAX] = "";
    char line[2 * LINK_LINE_MAX + 2];
    char last = '\0';

    (void)state;
    for (size_t i = 0; i < sizeof(line) - 2; i++) {
        line[i] = (char)('a' + i % 26);
    }
    line[sizeof(line) - 2] = '\n';
    link_output_init(&output, wire_send, &wire, UINT64_MAX, LINK_MARK_OUT);
    link_output_add(&output, line, sizeof(line) - 1);

    assert_in_range(wire.longest, LINK_LINE_MAX / 2, LINK_LINE_MAX);
    for (char *part = strtok(wire.text, "\n"); part; part = strtok(NULL, "\n")) {
        assert_int_not_equal(last, LINK_MARK_OUT); /* nothing follows the closing one */
        last = part[SEQUENCE_DIGITS];
        strcat(joined, part + SEQUENCE_DIGITS + 1);
    }
    assert_int_equal(last, LINK_MARK_OUT);
    line[sizeof(line) - 2] = '\0';
    assert_string_equal(joined, line);
}

static void test_output_long_error(void **state)
{
    char line[LINK_LINE_MAX + 1];

    (void)state;
    memset(line, 'x', sizeof(line));
    link_output_init(&output, wire_send, &wire, 1, LINK_MARK_ERR);
    link_output_add(&output, line, sizeof(line));
    link_output_end(&output);
    assert_null(strchr(wire.text, LINK_MARK_PART));
    assert_non_null(strstr(wire.text, "\n1!xx"));
}

static LinkRequestResult take(LinkInput *input, const char *bytes, size_t *consumed,
                              uint64_t *sequence, const char **command)
{
    return link_input_add(input, bytes, strlen(bytes), consumed, sequence, command);
}

static void test_input(void **state)
{
    LinkInput input = { .length = 0 };
    const char *bytes = "ap\n13 second\n";
    const char *command;
    uint64_t sequence;
    size_t consumed;

    (void)state;
    assert_int_equal(take(&input, "12 barshift-guest m", &consumed, &sequence, &command),
                     LINK_REQUEST_NONE);
    assert_int_equal(take(&input, bytes, &consumed, &sequence, &command), LINK_REQUEST_OK);
    assert_int_equal(sequence, 12);
    assert_string_equal(command, "barshift-guest map");
    assert_int_equal(take(&input, bytes + consumed, &consumed, &sequence, &command),
                     LINK_REQUEST_OK);
    assert_int_equal(sequence, 13);
    assert_string_equal(command, "second");
}

static void test_input_bad(void **state)
{
    static const char *const bad[] = { "\n", "map\n", "12\n", "-1 map\n", "12map\n", " 1 map\n" };
    LinkInput input = { .length = 0 };
    const char *command;
    uint64_t sequence;
    size_t consumed;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(take(&input, bad[i], &consumed, &sequence, &command), LINK_REQUEST_BAD);
        assert_int_equal(sequence, 0);
    }
}

static void test_input_long(void **state)
{
    static char bytes[2 * LINK_LINE_MAX];
    LinkInput input = { .length = 0 };
    const char *command;
    uint64_t sequence;
    size_t consumed;

    (void)state;
    memset(bytes, 'x', sizeof(bytes) - 1);
    memcpy(bytes, "5 ", 2);
    assert_int_equal(take(&input, bytes, &consumed, &sequence, &command), LINK_REQUEST_NONE);
    assert_int_equal(take(&input, "\n", &consumed, &sequence, &command), LINK_REQUEST_TOO_LONG);
    assert_int_equal(sequence, 5);
    assert_int_equal(take(&input, "6 ok\n", &consumed, &sequence, &command), LINK_REQUEST_OK);
    assert_string_equal(command, "ok");
}

#define WIRE_CASE(name, function) { name, function, wire_clear, NULL, NULL }

int main(void)
{
    const struct CMUnitTest tests[] = {
        WIRE_CASE("/link/output/partial-lines-are-joined", test_output),
        WIRE_CASE("/link/output/long-line-goes-in-parts", test_output_long),
        WIRE_CASE("/link/output/long-error-line-becomes-lines", test_output_long_error),
        CASE("/link/input/request-arrives-in-pieces", test_input),
        CASE("/link/input/no-sequence-number-is-bad", test_input_bad),
        CASE("/link/input/too-long-is-refused-and-the-next-is-not", test_input_long),
    };

    return cmocka_run_group_tests_name("link-frame", tests, NULL, NULL);
}
