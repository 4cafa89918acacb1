/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-words.h"

#include "invariants.h"
#include "size.h"
#include "step-words.h"
#include "text-wrap.h"
#include "topology-drawing.h"

#define BOLD "\033[1m"
#define PLAIN "\033[0m"
#define INDENT 2
#define ABOUT_INDENT 12

/* What an outcome promises, docs/scenarios.md */
static const char *const outcome_words[OUTCOMES] = {
    [OUTCOME_SETTLED] = "the newcomer gets its resources, and nobody is stopped",
    [OUTCOME_REBALANCED] = "the newcomer, or the BAR that grows, gets its resources after working "
                           "functions were stopped, and these work again",
    [OUTCOME_RESIZED] = "every resizable BAR that was asked to has its new size, and works",
    [OUTCOME_REFUSED] = "who asks for resources gets nothing, and nobody is harmed",
    [OUTCOME_SURVIVED] = "nobody asks for resources, and everybody who is there works",
    [OUTCOME_HARMED] = "somebody who worked loses resources, content or its driver, overlaps, or "
                       "cannot be reached",
};

const char *scenario_words_outcome(Outcome outcome)
{
    return outcome_words[outcome];
}

static void append_heading(GString *text, const WordsStyle *style, const char *heading)
{
    g_string_append_printf(text, "\n%s%s%s\n", style->colour ? BOLD : "", heading,
                           style->colour ? PLAIN : "");
}

static void append_about(GString *text, const char *label, const char *words)
{
    if (words != NULL && words[0] != '\0') {
        g_string_append_printf(text, "%*s%-*s", INDENT, "", ABOUT_INDENT - INDENT, label);
        text_append_words(text, ABOUT_INDENT, ABOUT_INDENT, words);
        g_string_append_c(text, '\n');
    }
}

static void append_abouts(GString *text, const Scenario *scenario)
{
    g_autofree char *source = g_strjoinv(" ", scenario->source);
    g_autofree char *tags = g_strjoinv(" ", scenario->tags);

    append_about(text, "shows:", scenario->shows);
    append_about(text, "concerns:", scenario->concerns);
    append_about(text, "source:", source);
    append_about(text, "tags:", tags);
}

/* Paragraphs of the file's comment keep their empty lines between them. */
static void append_description(GString *text, const char *description)
{
    g_auto(GStrv) paragraphs = g_strsplit(description, "\n\n", -1);

    for (guint i = 0; paragraphs[i] != NULL && description[0] != '\0'; i++) {
        g_string_append_c(text, '\n');
        text_append_wrapped(text, INDENT, paragraphs[i]);
    }
}

static void append_machine(GString *text, const Machine *machine)
{
    g_autofree char *memory = size_format(machine->memory_bytes);
    g_autofree char *hole = size_format(machine->hole64_bytes);
    g_autofree char *sentences = g_strdup_printf(
        "A PC (QEMU's q35) with %s of memory. The host bridge has a 64-bit window of %s. Hotplug "
        "is %s.%s", memory, hole,
        machine->hotplug == HOTPLUG_NATIVE ? "native, by the PCIe ports themselves (pciehp)"
                                           : "the firmware's, through ACPI (acpiphp)",
        machine->iommu ? " An IOMMU translates, and remaps interrupts." : "");

    text_append_wrapped(text, INDENT, sentences);
}

/* The drawing has who drives what; here is what is special about these drivers. */
static void append_drivers(GString *text, const Scenario *scenario)
{
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);
        g_autofree char *behave = NULL;
        g_autofree char *line = NULL;

        if (function->driver != NULL && function->driver->behave[0] != NULL) {
            behave = g_strjoinv(" ", function->driver->behave);
            line = g_strdup_printf("The driver of %s is made to behave: %s.", function->name,
                                   behave);
            text_append_wrapped(text, INDENT, line);
        }
    }
}

static void append_numbered(GString *text, guint number, const char *sentences)
{
    gsize before = text->len;

    g_string_append_printf(text, "%*s%2u. ", INDENT, "", number);
    text_append_words(text, (guint)(text->len - before), (guint)(text->len - before), sentences);
    g_string_append_c(text, '\n');
}

static void append_claim(GString *text, char *const *names, const char *one, const char *several)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GPtrArray) list = g_ptr_array_new();

    for (guint i = 0; names[i] != NULL; i++) {
        g_ptr_array_add(list, names[i]);
    }
    if (list->len != 0) {
        words_append_list(line, list);
        g_string_append_printf(line, " %s", list->len == 1 ? one : several);
        text_append_wrapped(text, INDENT, line->str);
    }
}

static void append_breaks(GString *text, char *const *breaks)
{
    g_autoptr(GString) line = g_string_new("Must be broken, by a fault or a known finding: ");

    for (guint i = 0; breaks[i] != NULL; i++) {
        g_string_append_printf(line, "%s%s (%s)", i == 0 ? "" : ", ", breaks[i],
                               invariant_find(breaks[i])->name);
    }
    g_string_append(line, "; a check of each has to fail, and none of another.");
    if (breaks[0] != NULL) {
        text_append_wrapped(text, INDENT, line->str);
    }
}

static void append_expectations(GString *text, const Scenario *scenario)
{
    g_autofree char *outcome = g_strdup_printf("%s: %s.", outcome_names[scenario->outcome],
                                               scenario_words_outcome(scenario->outcome));

    text_append_wrapped(text, INDENT, outcome);
    append_claim(text, scenario->moved,
                 "must have moved: it has another address in the end, and works.",
                 "must have moved: they have other addresses in the end, and work.");
    append_claim(text, scenario->kept, "must have been stopped or resized, and kept its address.",
                 "must have been stopped or resized, and kept their addresses.");
    append_claim(text, scenario->untouched, "must have seen no event at all.",
                 "must have seen no event at all.");
    append_claim(text, scenario->quiet, "must give the kernel nothing to complain about.",
                 "must give the kernel nothing to complain about.");
    append_breaks(text, scenario->breaks);
}

char *scenario_words(const Scenario *scenario, const char *description, const WordsStyle *style)
{
    GString *text = g_string_new(NULL);
    g_autofree char *title = g_strdup_printf("%s: %s", scenario->name, scenario->title);
    g_autofree char *drawing = topology_drawing(scenario, style->ascii);

    text_append_wrapped(text, 0, title);
    append_abouts(text, scenario);
    append_description(text, description);
    append_heading(text, style, "Machine");
    append_machine(text, &scenario->machine);
    append_drivers(text, scenario);
    append_heading(text, style, "Topology");
    g_string_append(text, drawing);
    append_heading(text, style, "Steps");
    for (guint i = 0; i < scenario->steps->len; i++) {
        g_autofree char *sentences = step_words(scenario, i);

        append_numbered(text, i + 1, sentences);
    }
    append_heading(text, style, "Expected");
    append_expectations(text, scenario);
    return g_string_free(text, FALSE);
}
