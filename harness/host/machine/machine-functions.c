/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function twice: as an option for the boot, and as arguments of device_add. */
#include "machine-parts.h"

static void append_property(GString *option, const char *name, const char *value)
{
    g_autofree char *escaped = machine_escape(value);

    g_string_append_printf(option, ",%s=%s", name, escaped);
}

static void append_layout(GString *option, const Layout *layout)
{
    for (guint i = 0; i < layout->properties->len; i++) {
        const LayoutProperty *property = g_ptr_array_index(layout->properties, i);

        append_property(option, property->key->name, property->value);
    }
}

char *machine_layout_option(const Layout *layout)
{
    GString *option = g_string_new("barshift");

    append_layout(option, layout);
    return g_string_free(option, FALSE);
}

void machine_add_disk(GStrvBuilder *command, const Function *function, const char *folder)
{
    g_autofree char *file = machine_disk_file(function, folder);
    g_autofree char *escaped = machine_escape(file);

    machine_addf(command, "-blockdev",
                 "driver=file,node-name=%s-disk,filename=%s,cache.no-flush=on", function->name,
                 escaped);
}

/* ",addr=5.1", in hexadecimal digits; "" for what sits alone in a slot without a number */
static char *address_text(const Function *function)
{
    return function->slot != 0 || function->number != 0 || function->multifunction
               ? g_strdup_printf("%x.%u", function->slot, function->number)
               : NULL;
}

static void append_address(GString *option, const Function *function)
{
    g_autofree char *address = address_text(function);

    if (address != NULL) {
        g_string_append_printf(option, ",addr=%s", address);
    }
    if (function->multifunction) {
        g_string_append(option, ",multifunction=on");
    }
}

static void append_own(GString *option, const Function *function)
{
    g_string_append_printf(option, ",tag=%u", function->tag);
    append_address(option, function);
    if (function->layout != NULL) {
        append_layout(option, function->layout);
    } else {
        g_string_append_printf(option, ",size=%" G_GUINT64_FORMAT, function->size_bytes);
    }
    if (function->rebar != NULL) {
        append_property(option, "rebar", function->rebar);
    }
    if (function->fault != NULL) {
        append_property(option, "fault", function->fault);
    }
}

static void append_foreign(GString *option, const Function *function)
{
    append_address(option, function);
    if (function->properties != NULL) {
        g_string_append_printf(option, ",%s", function->properties);
    }
}

char *machine_function_option(const Function *function)
{
    GString *option = g_string_new(NULL);

    g_string_printf(option, "%s,id=%s,bus=%s", function->type, function->name,
                    function->port->name);
    switch (function->device) {
    case DEVICE_BARSHIFT:
        append_own(option, function);
        break;
    case DEVICE_NVME:
        g_string_append_printf(option, ",serial=%s,drive=%s-disk", function->name, function->name);
        append_address(option, function);
        break;
    case DEVICE_FOREIGN:
        append_foreign(option, function);
        break;
    }
    return g_string_free(option, FALSE);
}

/* As the types that they have: later versions of QEMU take no text for a number. */
static void set_layout_members(JsonObject *arguments, const Layout *layout)
{
    for (guint i = 0; i < layout->properties->len; i++) {
        const LayoutProperty *property = g_ptr_array_index(layout->properties, i);
        const char *name = property->key->name;

        switch (property->key->type) {
        case LAYOUT_TEXT:
            json_object_set_string_member(arguments, name, property->value);
            break;
        case LAYOUT_NUMBER:
        case LAYOUT_SIZE:
            json_object_set_int_member(arguments, name, (gint64)property->number);
            break;
        case LAYOUT_SWITCH:
            json_object_set_boolean_member(arguments, name, property->on);
            break;
        }
    }
}

static void set_nvme_members(JsonObject *arguments, const Function *function)
{
    g_autofree char *disk = g_strconcat(function->name, "-disk", NULL);

    json_object_set_string_member(arguments, "serial", function->name);
    json_object_set_string_member(arguments, "drive", disk);
}

JsonObject *machine_device_add(const Function *function)
{
    JsonObject *arguments = json_object_new();
    g_autofree char *size = NULL;
    g_autofree char *address = address_text(function);

    json_object_set_string_member(arguments, "driver", function->type);
    json_object_set_string_member(arguments, "id", function->name);
    json_object_set_string_member(arguments, "bus", function->port->name);
    if (address != NULL) {
        json_object_set_string_member(arguments, "addr", address);
    }
    if (function->multifunction) {
        json_object_set_boolean_member(arguments, "multifunction", TRUE);
    }
    if (function->device == DEVICE_NVME) {
        set_nvme_members(arguments, function);
        return arguments;
    }
    json_object_set_int_member(arguments, "tag", function->tag);
    if (function->layout != NULL) {
        set_layout_members(arguments, function->layout);
    } else {
        size = g_strdup_printf("%" G_GUINT64_FORMAT, function->size_bytes);
        json_object_set_string_member(arguments, "size", size);
    }
    if (function->rebar != NULL) {
        json_object_set_string_member(arguments, "rebar", function->rebar);
    }
    if (function->fault != NULL) {
        json_object_set_string_member(arguments, "fault", function->fault);
    }
    return arguments;
}
