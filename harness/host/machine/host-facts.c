/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host-facts.h"

#include "capacity.h"

#include <sys/utsname.h>
#include <unistd.h>

static void add_text(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    if (text == NULL) {
        json_builder_add_null_value(builder);
    } else {
        json_builder_add_string_value(builder, text);
    }
}

static void add_number(JsonBuilder *builder, const char *name, gint64 number)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, number);
}

JsonNode *host_facts(void)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autofree char *system = g_get_os_info(G_OS_INFO_KEY_PRETTY_NAME);
    gint64 pages = sysconf(_SC_PHYS_PAGES);
    struct utsname name;
    gboolean named = uname(&name) == 0;

    json_builder_begin_object(builder);
    add_text(builder, "system", system);
    add_text(builder, "kernel", named ? name.release : NULL);
    add_text(builder, "machine", named ? name.machine : NULL);
    add_number(builder, "processors", capacity_read("").processors);
    add_number(builder, "memory", pages * sysconf(_SC_PAGESIZE));
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}
