/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made-up.h"

#include <glib/gstdio.h>
#include <string.h>

const char made_up_scenario_text[] =
    "[scenario]\n"
    "title = made up\n"
    "outcome = settled\n"
    "[port p1]\n"
    "[port p2]\n"
    "[port p3]\n"
    "[function a]\n"
    "port = p1\n"
    "[function b]\n"
    "port = p2\n"
    "[function c]\n"
    "port = p3\n"
    "size = 4G\n"
    "plugged = later\n"
    "[step 1]\n"
    "hot-add = c\n";

static Platform platform = {
    .label = "debian-6.1/",
    .kernel_name = "debian-6.1",
    .kernel_word = "6.1.192-2",
    .kernel = "vmlinux",
    .qemu_name = "qemu",
    .qemu = "/bin/qemu",
    .accel = "tcg",
};

const ResultOrigin made_up_origin = {
    .name = "debian-6.1/made-up",
    .scenario = "made-up",
    .platform = &platform,
    .repetition = 1,
    .reproduce = "barshift run --kernel 6.1.192-2 --accel tcg made-up",
};

/* A file made-up.ini in a folder of its own, while it is needed. */
static char *write_file(const char *text)
{
    g_autofree char *folder = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
    char *path = g_build_filename(folder, "made-up.ini", NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void remove_file(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);

    g_unlink(path);
    g_rmdir(folder);
}

static Scenario *load(const char *text, GError **error)
{
    g_autofree char *path = write_file(text);
    Scenario *scenario = scenario_load(path, error);

    remove_file(path);
    return scenario;
}

Layout *made_up_layout(const char *text, GError **error)
{
    g_autofree char *path = write_file(text);
    Layout *layout = layout_load(path, error);

    remove_file(path);
    return layout;
}

Scenario *made_up_scenario(const char *text)
{
    g_autoptr(GError) error = NULL;
    Scenario *scenario = load(text, &error);

    g_assert_no_error(error);
    return scenario;
}

char *made_up_failure(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = write_file(text);
    g_autoptr(Scenario) scenario = scenario_load(path, &error);
    g_autoptr(GString) message = NULL;

    remove_file(path);
    g_assert_null(scenario);
    message = g_string_new(error->message);
    g_string_replace(message, path, "made-up.ini", 0);
    return g_strdup(message->str);
}

MadeUp made_up_at(guint32 tag, const char *bdf, guint64 base, guint64 size_bytes,
                  guint ledger_total)
{
    MadeUp function = { .tag = tag, .bdf = bdf, .size_bytes = size_bytes,
                        .ledger_total = ledger_total };

    for (guint w = 0; w < WITNESSES; w++) {
        function.base[w] = base;
    }
    return function;
}

static void append_view(GString *text, const char *witness, guint64 base, guint64 size_bytes)
{
    if (base == 0) {
        g_string_append_printf(text, ",\"%s\":null", witness);
    } else {
        g_string_append_printf(text, ",\"%s\":{\"base\":\"%#" G_GINT64_MODIFIER
                               "x\",\"size\":\"%#" G_GINT64_MODIFIER "x\"}",
                               witness, base, size_bytes);
    }
}

static void append_cpu_view(GString *text, const MadeUp *function)
{
    guint32 tag = function->cpu_tag != 0 ? function->cpu_tag : function->tag;

    if (function->base[WITNESS_CPU] == 0) {
        g_string_append(text, ",\"cpu\":null");
    } else {
        g_string_append_printf(text, ",\"cpu\":{\"tag\":%u,\"bar\":2,\"base\":\"%#"
                               G_GINT64_MODIFIER "x\",\"size\":\"%#" G_GINT64_MODIFIER "x\"}",
                               tag, function->base[WITNESS_CPU], function->size_bytes);
    }
}

static guint control_base(const MadeUp *function)
{
    return 0xfe000000 + (function->tag << 16);
}

/* The kernel gives all BARs an address, or none; what answers there is a matter of decode. */
static void append_control_bar(GString *text, const MadeUp *function)
{
    g_autofree char *control = g_strdup_printf("%#x", control_base(function));

    if (function->base[WITNESS_CONFIG] == 0 && function->base[WITNESS_KERNEL] == 0) {
        return;
    }
    g_string_append_printf(text, ",{\"nr\":0,\"kind\":\"mem32\",\"config\":{\"base\":\"%s\","
                           "\"size\":null},\"kernel\":{\"base\":\"%s\",\"size\":\"0x4000\"}",
                           control, control);
    if (function->base[WITNESS_CONFIG] != 0) {
        g_string_append_printf(text, ",\"device\":{\"base\":\"%s\",\"size\":\"0x4000\"},\"cpu\":"
                               "{\"tag\":%u,\"bar\":0,\"base\":\"%s\",\"size\":\"0x4000\"}",
                               control, function->tag, control);
    }
    g_string_append(text, "}");
}

static void append_function(GString *text, const MadeUp *function)
{
    guint64 kernel_size = function->kernel_size_bytes != 0 ? function->kernel_size_bytes
                                                           : function->size_bytes;

    g_string_append_printf(text,
        "{\"bdf\":\"%s\",\"parent\":null,\"vendor\":\"0x1af4\",\"device\":\"0x10f5\",\"tag\":%u,"
        "\"memory_decode\":%s,\"bars\":[{\"nr\":2,\"kind\":\"mem64\",\"prefetchable\":true",
        function->bdf, function->tag, function->base[WITNESS_CONFIG] != 0 ? "true" : "false");
    append_view(text, "config", function->base[WITNESS_CONFIG], function->size_bytes);
    append_view(text, "kernel", function->base[WITNESS_KERNEL], kernel_size);
    append_view(text, "by_hand", function->by_hand, function->size_bytes);
    append_view(text, "device", function->base[WITNESS_DEVICE], function->size_bytes);
    append_cpu_view(text, function);
    g_string_append(text, "}");
    append_control_bar(text, function);
    g_string_append(text, "]}");
}

static void append_bridges(GString *text, const MadeUp *functions)
{
    const char *gap = "";

    for (guint i = 0; functions[i].tag != 0; i++) {
        if (functions[i].bridge != NULL) {
            g_string_append_printf(text, "%s{\"bdf\":\"%s\",\"windows\":[{\"kind\":\"pref\","
                                   "\"config\":{\"start\":\"%#" G_GINT64_MODIFIER
                                   "x\",\"end\":\"%#" G_GINT64_MODIFIER "x\"}}]}",
                                   gap, functions[i].bridge, functions[i].base[WITNESS_KERNEL],
                                   functions[i].base[WITNESS_KERNEL] + 0x7fffffff);
            gap = ",";
        }
    }
}

static char *guest_map(const MadeUp *functions)
{
    GString *text = g_string_new("{\"kernel\":\"6.1\",\"host_windows\":[{\"kind\":\"mem\","
                                 "\"start\":\"0x100000000\",\"end\":\"0x33fffffff\"}],"
                                 "\"bridges\":[");

    append_bridges(text, functions);
    g_string_append(text, "],\"functions\":[");
    for (guint i = 0; functions[i].tag != 0; i++) {
        g_string_append(text, i == 0 ? "" : ",");
        append_function(text, &functions[i]);
    }
    g_string_append(text, "]}");
    return g_string_free(text, FALSE);
}

static void append_piece(GString *text, const MadeUp *function, guint64 base)
{
    g_string_append_printf(text,
        "  %016" G_GINT64_MODIFIER "x-%016" G_GINT64_MODIFIER "x (prio 1, i/o): "
        "barshift-%u-bar2-header\n"
        "  %016" G_GINT64_MODIFIER "x-%016" G_GINT64_MODIFIER "x (prio 0, ram): "
        "barshift-%u-bar2-ram @0000000000001000\n",
        base, base + 0xfff, function->tag, base + 0x1000, base + function->size_bytes - 1,
        function->tag);
}

/* Ascending, as QEMU prints it: a stray below comes first. */
static char *memory_map(const MadeUp *functions)
{
    GString *text = g_string_new("FlatView #0\n AS \"I/O\", root: io\n\n"
                                 "FlatView #1\n AS \"memory\", root: system\n");

    for (guint i = 0; functions[i].tag != 0; i++) {
        guint64 base = functions[i].base[WITNESS_VMM];
        guint64 stray = functions[i].stray;
        guint control = control_base(&functions[i]);

        if (stray != 0 && stray < base) {
            append_piece(text, &functions[i], stray);
        }
        if (base != 0) {
            append_piece(text, &functions[i], base);
        }
        if (stray > base) {
            append_piece(text, &functions[i], stray);
        }
        if (functions[i].base[WITNESS_CONFIG] != 0) {
            g_string_append_printf(text, "  %016x-%016x (prio 0, i/o): barshift-%u-bar0-header\n",
                                   control, control + 0x3fff, functions[i].tag);
        }
    }
    return g_string_free(text, FALSE);
}

static guint event_count(const MadeUp *function)
{
    g_auto(GStrv) words = g_strsplit(function->events == NULL ? "" : function->events, " ", -1);

    return g_strv_length(words);
}

static void append_events(GString *text, const MadeUp *function)
{
    g_auto(GStrv) words = g_strsplit(function->events == NULL ? "" : function->events, " ", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        g_auto(GStrv) pair = g_strsplit(words[i], "=", 2);

        g_string_append_printf(text, "%s{\"sequence\":%u,\"time_ns\":%u,\"event\":\"%s\","
                               "\"bar\":null,\"detail\":1,\"value\":%" G_GUINT64_FORMAT "}",
                               text->len == 0 ? "" : ",", function->ledger_total + i + 1,
                               5000000 * (i + 1), pair[0], g_ascii_strtoull(pair[1], NULL, 0));
    }
}

/* {"sequence":1},{"sequence":2}... */
static char *ledger_records(const MadeUp *function)
{
    GString *text = g_string_new(NULL);

    for (guint sequence = 1; sequence <= function->ledger_total; sequence++) {
        if (sequence != function->missing_record) {
            g_string_append_printf(text, "%s{\"sequence\":%u}", text->len == 0 ? "" : ",",
                                   sequence);
        }
    }
    append_events(text, function);
    return g_string_free(text, FALSE);
}

static JsonNode *ledger(const MadeUp *function)
{
    static const char given_up[] =
        ",{\"bar\":1,\"kind\":\"mem32\",\"backing\":\"ram\",\"base\":null,\"size\":1073741824}";
    g_autofree char *records = ledger_records(function);
    g_autofree char *control_text =
        function->base[WITNESS_CONFIG] == 0
            ? g_strdup("null")
            : g_strdup_printf("%u", control_base(function));
    g_autofree char *text = NULL;
    guint64 base = function->base[WITNESS_LEDGER];
    g_autofree char *base_text =
        base == 0 ? g_strdup("null") : g_strdup_printf("%" G_GUINT64_FORMAT, base);

    text = g_strdup_printf("{\"total\":%u,\"dropped\":0,\"interrupts\":%" G_GINT64_FORMAT
                           ",\"bars\":[{\"bar\":0,\"kind\":\"mem32\","
                           "\"control\":true,\"backing\":\"none\",\"base\":%s,\"size\":16384},"
                           "{\"bar\":2,\"kind\":\"mem64\",\"prefetchable\":true,"
                           "\"control\":false,\"backing\":\"ram\",\"base\":%s,\"size\":%"
                           G_GUINT64_FORMAT "}%s],\"records\":[%s]}",
                           function->ledger_total + event_count(function),
                           function->interrupts, control_text, base_text, function->size_bytes,
                           function->given_up ? given_up : "", records);
    return json_from_string(text, NULL);
}

Observation *made_up_observation(const Scenario *scenario, const MadeUp *functions)
{
    g_autofree char *map = guest_map(functions);
    g_autofree char *memory = memory_map(functions);
    g_autoptr(GError) error = NULL;
    Observation *observation = observation_new(scenario, map, &error);

    g_assert_no_error(error);
    for (guint i = 0; functions[i].tag != 0; i++) {
        g_autoptr(JsonNode) node = ledger(&functions[i]);

        g_assert_true(observation_add_ledger(
            observation, scenario_function_by_tag(scenario, functions[i].tag), node, NULL));
    }
    observation_add_memory_map(observation, memory);
    return observation;
}
