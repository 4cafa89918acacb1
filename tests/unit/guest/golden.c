/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "golden.h"

const char *const golden_names[] = {
    "wdm-success",      "wdm-veto",           "wdm-failed-restart",
    "kmdf-success",     "kmdf-veto",          "kmdf-failed-restart",
    "kmdf-pulled",      "kmdf-start-to-start", "kmdf-failed-power-up",
    "ndis-success",     "ndis-veto",          "ndis-failed-restart",
    "storport-success", "storport-veto",      "storport-failed-restart",
    "storport-options",
    "wddm-success",     "wddm-veto",          "wddm-failed-restart",
    "portcls-success",  "portcls-veto",       "portcls-failed-restart",
    "acx-success",      "acx-veto",           "acx-failed-restart",
};

const size_t golden_count = sizeof(golden_names) / sizeof(golden_names[0]);

static void line_read(Golden *golden, char *text)
{
    char line[TRACE_LINE_SIZE];
    size_t length = strcspn(text, " ");
    TraceEvent event;

    text[strcspn(text, "\n")] = '\0';
    if (text[0] == '#' || text[0] == '\0') {
        return;
    }
    assert_in_range(length, 1, GOLDEN_SOURCE_SIZE - 1);
    assert_in_range(golden->trace.count, 0, GOLDEN_EVENTS_MAX - 1);
    snprintf(line, sizeof(line), "%zu%s", golden->trace.count, text + length);
    if (trace_line_parse(line, &event) < 0) {
        fail_msg("%s: no event: %s", golden->name, text);
    }
    memcpy(golden->sources[golden->trace.count], text, length);
    assert_int_equal(trace_add(&golden->trace, &event), 0);
}

Golden *golden_read(const char *fixtures, const char *name)
{
    Golden *golden = calloc(1, sizeof(*golden));
    char path[PATH_MAX];
    char text[TRACE_LINE_SIZE];
    FILE *file;

    snprintf(path, sizeof(path), "%s/driver-models/%s", fixtures, name);
    file = fopen(path, "r");
    assert_non_null(golden);
    assert_non_null(file);
    snprintf(text, sizeof(text), "%.*s", (int)strcspn(name, "-"), name);
    golden->name = name;
    golden->model = driver_model_find(text);
    assert_non_null(golden->model);
    while (fgets(text, sizeof(text), file)) {
        line_read(golden, text);
    }
    fclose(file);
    return golden;
}

void golden_free(Golden *golden)
{
    trace_free(&golden->trace);
    free(golden);
}
