/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "topology-drawing.h"

#include "size.h"
#include "step-words.h"
#include "text-wrap.h"

/* What leads from a port to what sits below it, three columns each. */
typedef struct Strokes {
    const char *boot[2];  /* to who is there from the start; [1]: the last one below its port */
    const char *later[2]; /* to who is plugged in by a step */
    const char *past[2];  /* beside what belongs to the one above */
} Strokes;

static const Strokes box_strokes = {
    .boot = { "├─ ", "└─ " }, .later = { "├╌ ", "└╌ " }, .past = { "│  ", "   " },
};

static const Strokes ascii_strokes = {
    .boot = { "|- ", "`- " }, .later = { "|~ ", "`~ " }, .past = { "|  ", "   " },
};

typedef struct Drawing {
    const Scenario *scenario;
    const Strokes *strokes;
    GString *text;
} Drawing;

static const char *port_words(PortKind kind)
{
    switch (kind) {
    case PORT_ROOT:
        return "root port";
    case PORT_UPSTREAM:
        return "upstream port of a switch";
    case PORT_DOWNSTREAM:
        return "downstream port";
    case PORT_PCI_BRIDGE:
        return "bridge to a conventional bus";
    case PORT_HOST:
        return "host bridge";
    }
    g_assert_not_reached();
}

/* Stands for a space at which no line ends. */
#define GLUE '\x1f'
#define GLUE_TEXT "\x1f"

/* A line and its continuations: @first leads the line, @past and a hanging indent the others. */
static void draw_line(Drawing *drawing, const char *first, const char *past, const char *words)
{
    g_autofree char *indent = g_strconcat(past, "   ", NULL);
    guint width = (guint)g_utf8_strlen(indent, -1);
    g_autoptr(GString) wrapped = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;

    text_append_words(wrapped, (guint)g_utf8_strlen(first, -1), width, words);
    lines = g_strsplit(wrapped->str, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_strdelimit(g_strchug(lines[i]), GLUE_TEXT, ' ');
        g_string_append_printf(drawing->text, "%s%s\n", i == 0 ? first : indent, lines[i]);
    }
}

/* "bar2 2G mem64 pref rebar=256M-16G": a BAR of a layout, as its file has it */
static void append_layout_bars(GString *words, const Layout *layout)
{
    static const char *const shown[] = { "bar", "rom", "vf" };

    for (guint i = 0; i < layout->properties->len; i++) {
        const LayoutProperty *property = g_ptr_array_index(layout->properties, i);
        g_autofree char *value = g_strdelimit(g_strdup(property->value), ":", GLUE);

        for (guint p = 0; p < G_N_ELEMENTS(shown); p++) {
            if (g_str_has_prefix(property->key->name, shown[p])) {
                g_string_append_printf(words, "; %s" GLUE_TEXT "%s", property->key->name, value);
            }
        }
    }
}

static void append_bars(GString *words, const Function *function)
{
    g_autofree char *size = size_format_short(function->size_bytes);

    if (function->device == DEVICE_NVME) {
        g_string_append_printf(words, "NVMe controller with a disk of %s", size);
    } else if (function->device == DEVICE_FOREIGN) {
        g_string_append_printf(words, "QEMU's %s%s%s", function->type,
                               function->properties == NULL ? "" : " with ",
                               function->properties == NULL ? "" : function->properties);
    } else if (function->layout != NULL) {
        g_string_append_printf(words, "layout %s", function->layout->name);
        append_layout_bars(words, function->layout);
    } else {
        g_string_append_printf(words, "bar0 control; bar2 %s mem64 pref", size);
        if (function->rebar == NULL) {
            g_string_append(words, " rebar");
        } else if (!g_str_equal(function->rebar, "off")) {
            g_string_append_printf(words, " rebar=%s", function->rebar);
        }
    }
}

static void append_moments(GString *words, const Drawing *drawing, const Function *function)
{
    guint arrival = step_words_arrival(drawing->scenario, function);
    guint leave = step_words_leave(drawing->scenario, function);

    if (!function->at_boot && arrival == 0) {
        g_string_append(words, "; never plugged in");
    } else if (!function->at_boot) {
        g_string_append_printf(words, "; plugged in by step %u", arrival);
    }
    if (leave != 0) {
        g_string_append_printf(words, "; leaves in step %u", leave);
    }
}

static void draw_function(Drawing *drawing, const char *first, const char *past,
                          const Function *function)
{
    g_autoptr(GString) words = g_string_new(function->name);

    if (function->number != 0 || function->multifunction) {
        g_string_append_printf(words, ".%u", function->number);
    }
    g_string_append(words, ": ");
    append_bars(words, function);
    if (function->slot != 0) {
        g_string_append_printf(words, "; slot %u", function->slot);
    }
    if (function->driver != NULL) {
        g_string_append_printf(words, "; driver %s", function->driver->model);
        if (function->driver->back_end != NULL) {
            g_string_append_printf(words, " (%s)", function->driver->back_end);
        }
    }
    if (function->fault != NULL) {
        g_string_append_printf(words, "; fault %s", function->fault);
    }
    append_moments(words, drawing, function);
    draw_line(drawing, first, past, words->str);
}

static void append_reserves(GString *words, const Port *port)
{
    for (guint i = 0; i < RESERVES; i++) {
        g_autofree char *value = i == RESERVE_BUS
                                     ? g_strdup_printf("%" G_GUINT64_FORMAT, port->reserves[i])
                                     : size_format_short(port->reserves[i]);

        if (port->has_reserve[i]) {
            g_string_append_printf(words, "; %s %s", port_reserve_names[i],
                                   port->reserves[i] == 0 ? "0" : value);
        }
    }
}

static void append_port(GString *words, const Port *port, gboolean empty)
{
    g_string_append_printf(words, "%s: %s", port->name, port_words(port->kind));
    append_reserves(words, port);
    if (port->bar_size_bytes != 0) {
        g_autofree char *size = size_format_short(port->bar_size_bytes);

        g_string_append_printf(words, "; bar %s", size);
    }
    if (port->no_hotplug) {
        g_string_append(words, "; without hotplug");
    }
    if (empty) {
        gboolean leads = port->kind == PORT_ROOT || port->kind == PORT_DOWNSTREAM;

        g_string_append(words, leads && !port->no_hotplug ? "; free" : "; empty");
    }
}

/* Root ports of pcie.0 name no parent. */
static gboolean is_right_below(const Scenario *scenario, const Port *above, const Port *port)
{
    return (above == NULL ? scenario->root_bus : above) == port;
}

/* How many ports and functions are right below @port */
static guint count_below(const Scenario *scenario, const Port *port)
{
    guint count = 0;

    for (guint i = 0; i < scenario->ports->len; i++) {
        const Port *other = g_ptr_array_index(scenario->ports, i);

        count += other->kind != PORT_HOST && is_right_below(scenario, other->parent, port) ? 1 : 0;
    }
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        count += function->port == port ? 1 : 0;
    }
    return count;
}

static void draw_below(Drawing *drawing, const char *prefix, const Port *port)
{
    const Scenario *scenario = drawing->scenario;
    const Strokes *strokes = drawing->strokes;
    guint left = count_below(scenario, port);

    for (guint i = 0; i < scenario->ports->len; i++) {
        const Port *below = g_ptr_array_index(scenario->ports, i);

        if (below->kind != PORT_HOST && is_right_below(scenario, below->parent, port)) {
            gboolean last = --left == 0;
            g_autofree char *first = g_strconcat(prefix, strokes->boot[last], NULL);
            g_autofree char *past = g_strconcat(prefix, strokes->past[last], NULL);
            g_autoptr(GString) words = g_string_new(NULL);

            append_port(words, below, count_below(scenario, below) == 0);
            draw_line(drawing, first, past, words->str);
            draw_below(drawing, past, below);
        }
    }
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->port == port) {
            gboolean last = --left == 0;
            const char *stroke = (function->at_boot ? strokes->boot : strokes->later)[last];
            g_autofree char *first = g_strconcat(prefix, stroke, NULL);
            g_autofree char *past = g_strconcat(prefix, strokes->past[last], NULL);

            draw_function(drawing, first, past, function);
        }
    }
}

static void draw_host_bridge(Drawing *drawing, const Port *bridge)
{
    g_autofree char *words = g_strdup_printf("host bridge %s: root bus %u", bridge->name,
                                             bridge->bus_nr);

    draw_line(drawing, "", "", words);
    draw_below(drawing, "", bridge);
}

char *topology_drawing(const Scenario *scenario, gboolean ascii)
{
    Drawing drawing = {
        .scenario = scenario,
        .strokes = ascii ? &ascii_strokes : &box_strokes,
        .text = g_string_new(NULL),
    };
    g_autofree char *hole = size_format_short(scenario->machine.hole64_bytes);
    g_autofree char *words = g_strdup_printf("host bridge %s: 64-bit window of %s",
                                             scenario->root_bus->name, hole);

    draw_line(&drawing, "", "", words);
    draw_below(&drawing, "", scenario->root_bus);
    for (guint i = 0; i < scenario->ports->len; i++) {
        const Port *port = g_ptr_array_index(scenario->ports, i);

        if (port->kind == PORT_HOST) {
            draw_host_bridge(&drawing, port);
        }
    }
    return g_string_free(drawing.text, FALSE);
}
