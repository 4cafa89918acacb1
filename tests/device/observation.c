/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that can be seen of the function.
 */

#include <inttypes.h>

#include <linux/pci_regs.h>

#include "observation.h"

static const unsigned header_registers[] = {
    BARSHIFT_HEADER_MAGIC, BARSHIFT_HEADER_BAR, BARSHIFT_HEADER_SIZE, BARSHIFT_HEADER_ADDRESS,
    BARSHIFT_HEADER_SCRATCH,
};

/* Of 64 bits, or two of 32 */
static const unsigned control_registers[] = {
    BARSHIFT_MOVES, BARSHIFT_LEDGER_SELECT, BARSHIFT_CONTROL_SCRATCH(0),
    BARSHIFT_CONTROL_SCRATCH(1), BARSHIFT_CONTROL_SCRATCH(2), BARSHIFT_CONTROL_SCRATCH(3),
    BARSHIFT_VIOLATIONS, BARSHIFT_DECODED_BASE(0), BARSHIFT_DECODED_SIZE(0),
    BARSHIFT_DECODED_BASE(2), BARSHIFT_DECODED_SIZE(2), BARSHIFT_LEDGER_RECORD,
    BARSHIFT_LEDGER_RECORD + 8, BARSHIFT_LEDGER_RECORD + 16, BARSHIFT_LEDGER_RECORD + 24,
    BARSHIFT_DMA_SOURCE, BARSHIFT_DMA_DESTINATION, BARSHIFT_DMA_LENGTH, BARSHIFT_DMA_VECTOR,
    BARSHIFT_DMA_STATE, BARSHIFT_DMA_STEPS, BARSHIFT_DMA_FAILED, BARSHIFT_DOORBELL,
    BARSHIFT_INTERRUPT_VECTORS, BARSHIFT_INTERRUPTS_UNSENT, BARSHIFT_INTERRUPTS(0),
    BARSHIFT_INTERRUPTS(1), BARSHIFT_INTERRUPTS(2), BARSHIFT_INTERRUPTS(63),
};

static void see_property(GString *seen, const Function *function, const char *name)
{
    g_autoptr(JsonNode) value = function_property(function, name);
    g_autofree char *text = json_to_string(value, TRUE);

    g_string_append_printf(seen, "%s %s\n", name, text);
}

static void see_config(GString *seen, const Function *function, const char *name)
{
    uint64_t values[PCI_CFG_SPACE_EXP_SIZE / 4];

    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        config_queue_read(function, 4 * i, 4, &values[i]);
    }
    qtest_flush(function->qtest);
    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        if (values[i] != 0) {
            g_string_append_printf(seen, "%s config 0x%03x: 0x%08" PRIx64 "\n", name, 4 * i,
                                   values[i]);
        }
    }
}

static void see_word(GString *seen, QTest *qtest, uint64_t address)
{
    g_string_append_printf(seen, "0x%" PRIx64 ": 0x%" PRIx64 "\n", address,
                           qtest_read(qtest, address, 8));
}

static void see_place(GString *seen, QTest *qtest, const Place *place)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(header_registers); i++) {
        see_word(seen, qtest, place->base + header_registers[i]);
    }
    see_word(seen, qtest, place->base + place->offset);
}

char *observe_function(const Function *function)
{
    GString *seen = g_string_new(NULL);

    see_property(seen, function, "ledger");
    see_property(seen, function, "moves");
    see_property(seen, function, "fault");
    see_config(seen, function, "function");
    return g_string_free(seen, FALSE);
}

char *observe(const Below *below, const Place *places)
{
    QTest *qtest = below->function.qtest;
    g_autofree char *function = observe_function(&below->function);
    GString *seen = g_string_new(function);

    see_config(seen, &below->port, "port");
    for (; places->base; places++) {
        see_place(seen, qtest, places);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(control_registers); i++) {
        see_word(seen, qtest, CONTROL_BASE + control_registers[i]);
    }
    g_string_append_printf(seen, "driver state: %" PRIu64 "\n",
                           qtest_read(qtest, CONTROL_BASE + BARSHIFT_DRIVER_STATE, 4));
    return g_string_free(seen, FALSE);
}

/* The first line that differs says more than both texts */
void assert_observations(char *actual, char *expected)
{
    g_auto(GStrv) actual_lines = g_strsplit(actual, "\n", -1);
    g_auto(GStrv) expected_lines = g_strsplit(expected, "\n", -1);

    for (unsigned i = 0; actual_lines[i] && expected_lines[i]; i++) {
        g_assert_cmpstr(actual_lines[i], ==, expected_lines[i]);
    }
    g_assert_cmpstr(actual, ==, expected);
    g_free(actual);
    g_free(expected);
}
