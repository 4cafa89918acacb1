/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-words.h"

#include "expectation-words.h"
#include "size.h"
#include "step-words.h"
#include "text-wrap.h"
#include "topology-drawing.h"

#define BOLD "\033[1m"
#define PLAIN "\033[0m"
#define INDENT 2
#define ABOUT_INDENT 12

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

static void append_processor(GString *sentences, const Machine *machine)
{
    if (machine->cpu != NULL) {
        g_string_append_printf(sentences, " The processor is QEMU's %s.", machine->cpu);
    }
    if (machine->phys_bits != 0) {
        g_string_append_printf(sentences, " The processor has %u address bits.",
                               machine->phys_bits);
    }
    if (machine->append != NULL) {
        g_string_append_printf(sentences, " The kernel is given '%s'.", machine->append);
    }
}

static void append_machine(GString *text, const Machine *machine)
{
    g_autofree char *memory = size_format(machine->memory_bytes);
    g_autofree char *hole = size_format(machine->hole64_bytes);
    g_autofree char *aperture = size_format(machine->aperture_bytes);
    g_autoptr(GString) sentences = g_string_new(NULL);

    g_string_append_printf(sentences, "A PC (QEMU's q35) with %s of memory. The host bridge has a "
                           "64-bit window of %s.", memory, hole);
    if (machine->firmware == FIRMWARE_OVMF) {
        g_string_append_printf(sentences, " The firmware is OVMF%s%s.",
                               machine->aperture_bytes == 0 ? "" : ", with a 64-bit aperture of ",
                               machine->aperture_bytes == 0 ? "" : aperture);
    }
    g_string_append_printf(sentences, " Hotplug is %s.",
                           machine->hotplug == HOTPLUG_NATIVE
                               ? "native, by the PCIe ports themselves (pciehp)"
                               : "the firmware's, through ACPI (acpiphp)");
    if (machine->iommu) {
        g_string_append(sentences, " An IOMMU translates, and remaps interrupts.");
    }
    append_processor(sentences, machine);
    text_append_wrapped(text, INDENT, sentences->str);
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
    expectation_words_append(text, INDENT, scenario);
    return g_string_free(text, FALSE);
}
