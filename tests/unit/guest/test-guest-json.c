/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake-system.h"
#include "json.h"
#include "map.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define COLUMNS_MAX 100

/* A reader that knows nothing but the grammar; returns what is behind the value, NULL if broken */
static const char *value_skip(const char *at);

static const char *string_skip(const char *at)
{
    if (*at++ != '"') {
        return NULL;
    }
    for (; *at != '"'; at++) {
        if ((unsigned char)*at < 0x20) {
            return NULL;
        }
        if (*at == '\\' && *++at == '\0') {
            return NULL;
        }
    }
    return at + 1;
}

static const char *items_skip(const char *at, char close, bool keys)
{
    at++;
    if (*at == close) {
        return at + 1;
    }
    for (;;) {
        if (keys) {
            at = string_skip(at);
            if (!at || *at++ != ':') {
                return NULL;
            }
        }
        at = value_skip(at);
        if (!at || (*at != ',' && *at != close)) {
            return NULL;
        }
        if (*at++ == close) {
            return at;
        }
    }
}

static const char *value_skip(const char *at)
{
    static const char *const words[] = { "true", "false", "null" };

    if (*at == '{' || *at == '[') {
        return items_skip(at, *at == '{' ? '}' : ']', *at == '{');
    }
    if (*at == '"') {
        return string_skip(at);
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strncmp(at, words[i], strlen(words[i])) == 0) {
            return at + strlen(words[i]);
        }
    }
    if (!isdigit((unsigned char)*at)) {
        return NULL;
    }
    return at + strspn(at, "0123456789");
}

static char *map_text(const FakeSystem *fake,
                      void (*print)(const Topology *, const struct utsname *, FILE *))
{
    const struct utsname kernel = { .release = "6.1 \"quoted\"", .version = "Debian 6.1.192-2" };
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    assert_non_null(file);
    print(&fake->topology, &kernel, file);
    fclose(file);
    return text;
}

static void test_map(void **state)
{
    FakeSystem fake;
    char *text;

    (void)state;
    fake_system_init(&fake);
    text = map_text(&fake, map_json);
    assert_string_equal(value_skip(text), "\n");
    assert_non_null(strstr(text, "\"kernel\":\"6.1 \\\"quoted\\\"\","
                                 "\"kernel_version\":\"6.1.192\""));
    assert_non_null(strstr(text, "\"nr\":2,\"kind\":\"mem64\",\"prefetchable\":true,"
                                 "\"resizable\":true,"
                                 "\"config\":{\"base\":\"0x100000000\",\"size\":\"0x80000000\"},"
                                 "\"kernel\":{\"base\":\"0x100000000\",\"size\":\"0x80000000\"},"
                                 "\"device\":{\"base\":\"0x100000000\",\"size\":\"0x80000000\"},"
                                 "\"cpu\":{\"tag\":1,\"bar\":2,\"base\":\"0x100000000\","
                                 "\"size\":\"0x80000000\"},"
                                 "\"control\":false,\"backing\":\"ram\"}"));
    assert_non_null(strstr(text, "\"stopped\":false,\"control_bar\":0,"
                                 "\"driver_state\":\"started\",\"ledger_total\":12,"
                                 "\"violations\":0,\"complaint\":null"));
    assert_non_null(strstr(text, "\"control\":true,\"backing\":\"none\"}"));
    assert_non_null(strstr(text, "\"rom\":null"));
    free(text);
}

/* A port has none, and there can be a hundred of them */
static void test_bridge_with_bars(void **state)
{
    FakeSystem fake;
    char *text;

    (void)state;
    fake_system_init(&fake);
    fake.functions[1].is_bridge = true;
    text = map_text(&fake, map_json);
    assert_non_null(strstr(text, "{\"bdf\":\"0000:02:00.0\""));
    free(text);
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        fake.functions[1].bars[nr].kind = BAR_NONE;
    }
    text = map_text(&fake, map_json);
    assert_null(strstr(text, "{\"bdf\":\"0000:02:00.0\""));
    free(text);
}

static void test_map_layout(void **state)
{
    FakeSystem fake;
    Bar *rom = &fake.functions[0].bars[TOPOLOGY_ROM];
    char *text;

    (void)state;
    fake_system_init(&fake);
    fake_system_add_bar(&fake, 0, 1, BAR_IO, FAKE_PORTS(0), 64, BARSHIFT_BACKING_PATTERN);
    rom->kind = BAR_ROM;
    rom->config_base = 0xfe880000;
    rom->kernel = range_sized(0xfe880000, 0x10000);
    strcpy(fake.functions[0].complaint, "list of capabilities: 0x90 points back to 0x80");
    text = map_text(&fake, map_json);
    assert_string_equal(value_skip(text), "\n");
    assert_non_null(strstr(text, "\"kind\":\"io\""));
    assert_non_null(strstr(text, "\"backing\":\"pattern\""));
    assert_non_null(strstr(text, "\"rom\":{\"enabled\":false,"
                                 "\"config\":{\"base\":\"0xfe880000\",\"size\":null},"
                                 "\"kernel\":{\"base\":\"0xfe880000\",\"size\":\"0x10000\"}}"));
    assert_non_null(strstr(text, "\"complaint\":\"list of capabilities: 0x90 points back"));
    free(text);
}

/* What is not known is null, whatever was there before */
static void test_map_stopped(void **state)
{
    FakeSystem fake;
    char *text;

    (void)state;
    fake_system_init(&fake);
    fake.functions[0].stopped = true;
    fake.functions[0].control_known = false;
    fake.functions[0].control_bar = -1;
    fake.topology.function_count = 1;
    text = map_text(&fake, map_json);
    assert_string_equal(value_skip(text), "\n");
    assert_non_null(strstr(text, "\"stopped\":true,\"control_bar\":null,"
                                 "\"driver_state\":null,\"ledger_total\":null,"
                                 "\"violations\":null"));
    free(text);
}

static void test_map_absent(void **state)
{
    FakeSystem fake;
    char *text;

    (void)state;
    fake_system_init(&fake);
    fake.functions[0].bars[2].kernel = range_empty();
    fake.functions[0].bars[2].device_decoded = false;
    fake.functions[0].bars[2].header.seen = false;
    fake.topology.function_count = 1;
    text = map_text(&fake, map_json);
    assert_string_equal(value_skip(text), "\n");
    assert_non_null(strstr(text, "\"kernel\":null,\"device\":null,\"cpu\":null"));
    free(text);
}

static void test_escapes(void **state)
{
    char *text = NULL;
    size_t size;
    Json json = JSON_INIT(open_memstream(&text, &size));

    (void)state;
    json_open(&json, NULL, '[');
    json_text(&json, NULL, "a\"b\\c\nd");
    json_open(&json, NULL, '{');
    json_close(&json, '}');
    json_hex(&json, NULL, UINT64_MAX);
    json_close(&json, ']');
    fclose(json.file);
    assert_string_equal(text, "[\"a\\\"b\\\\c\\u000ad\",{},\"0xffffffffffffffff\"]");
    free(text);
}

static void test_people(void **state)
{
    FakeSystem fake;
    Bar *rom = &fake.functions[0].bars[TOPOLOGY_ROM];
    char *text;

    (void)state;
    fake_system_init(&fake);
    fake_system_add_bar(&fake, 1, 1, BAR_IO, FAKE_PORTS(0), 64, BARSHIFT_BACKING_PATTERN);
    fake.functions[0].bars[2].device_base = FAKE_OLD_BASE;
    fake.functions[0].bars[0].header.seen = false;
    fake.functions[0].bars[0].header.version = 7;
    fake.functions[1].stopped = true;
    strcpy(fake.functions[1].complaint, "list of capabilities: 0x90 points back to 0x80");
    rom->kind = BAR_ROM;
    rom->kernel = range_sized(0xfe880000, 0x10000);
    text = map_text(&fake, map_print);
    assert_non_null(strstr(text, "device:"));
    assert_non_null(strstr(text, "0x300000000-0x37fffffff"));
    assert_non_null(strstr(text, "CPU: header version 7 is not understood, expected 2"));
    assert_non_null(strstr(text, "driver started, 12 ledger records, 0 violations"));
    assert_non_null(strstr(text, "noted as stopped"));
    assert_non_null(strstr(text, "\n    list of capabilities: 0x90 points back to 0x80\n"));
    assert_non_null(strstr(text, "I/O decode on"));
    assert_non_null(strstr(text, "64 KiB  disabled\n"));
    assert_non_null(strstr(text, "2 GiB  resizable  ram\n"));
    assert_non_null(strstr(text, "64 B  pattern\n"));
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        assert_in_range(strlen(line), 1, COLUMNS_MAX);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/map/json/well-formed-with-every-witness", test_map),
        CASE("/map/json/absent-views-are-null", test_map_absent),
        CASE("/map/json/io-rom-and-complaint", test_map_layout),
        CASE("/map/json/bridge-with-bars-is-a-function-too", test_bridge_with_bars),
        CASE("/map/json/stopped-function-tells-nothing", test_map_stopped),
        CASE("/json/escapes-and-commas", test_escapes),
        CASE("/map/people/differences-shown-within-100-columns", test_people),
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
