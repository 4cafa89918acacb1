/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The function under test.
 */

#include <linux/pci_regs.h>

#include "function.h"
#include "state.h"

#define CONFIG_ADDRESS_PORT 0xcf8
#define CONFIG_DATA_PORT 0xcfc
#define MCH_PCIEXBAR 0x60 /* in the host bridge 00:00.0 of q35 */
#define MCH_PCIEXBAR_ENABLE 1

#define ROOT_BUS_ADDR "3.0"
#define ROOT_BUS_BDF (3 << 3)

void ecam_enable(QTest *qtest)
{
    qtest_out(qtest, CONFIG_ADDRESS_PORT, 4, 0x80000000u | (MCH_PCIEXBAR + 4));
    qtest_out(qtest, CONFIG_DATA_PORT, 4, ECAM_BASE >> 32);
    qtest_out(qtest, CONFIG_ADDRESS_PORT, 4, 0x80000000u | MCH_PCIEXBAR);
    qtest_out(qtest, CONFIG_DATA_PORT, 4, (uint32_t)ECAM_BASE | MCH_PCIEXBAR_ENABLE);
}

static void start(Function *function, const char *properties, bool incoming)
{
    g_autofree char *device =
        g_strdup_printf("barshift,id=" FUNCTION_ID ",addr=" ROOT_BUS_ADDR ",tag=%d%s",
                        FUNCTION_TAG, properties);
    const char *const arguments[] = { "-device", device, NULL };
    const char *const and_incoming[] = { "-device", device, STATE_INCOMING, NULL };

    function_init(function, qtest_start(incoming ? and_incoming : arguments), ROOT_BUS_BDF);
    ecam_enable(function->qtest);
}

void function_start(Function *function, const char *properties)
{
    start(function, properties, false);
}

void function_start_incoming(Function *function, const char *properties)
{
    start(function, properties, true);
}

void function_init(Function *function, QTest *qtest, unsigned bdf)
{
    *function = (Function) { .qtest = qtest, .bdf = bdf, .control_base = CONTROL_BASE };
}

void function_stop(Function *function)
{
    qtest_stop(function->qtest);
}

static uint64_t config_address(const Function *function, unsigned offset)
{
    return ECAM_BASE + ((uint64_t)function->bdf << 12) + offset;
}

uint32_t config_read(const Function *function, unsigned offset, unsigned size)
{
    return (uint32_t)qtest_read(function->qtest, config_address(function, offset), size);
}

void config_write(const Function *function, unsigned offset, unsigned size, uint32_t value)
{
    qtest_write(function->qtest, config_address(function, offset), size, value);
}

void config_queue_read(const Function *function, unsigned offset, unsigned size, uint64_t *value)
{
    qtest_queue_read(function->qtest, config_address(function, offset), size, value);
}

void config_queue_write(const Function *function, unsigned offset, unsigned size, uint32_t value)
{
    qtest_queue_write(function->qtest, config_address(function, offset), size, value);
}

unsigned capability_find(const Function *function, unsigned id)
{
    unsigned offset = PCI_CFG_SPACE_SIZE;

    /* No list is longer than the space has room for */
    for (unsigned i = 0; offset != 0 && i < PCI_CFG_SPACE_EXP_SIZE / 8; i++) {
        uint32_t header = config_read(function, offset, 4);

        if (PCI_EXT_CAP_ID(header) == id) {
            return offset;
        }
        offset = PCI_EXT_CAP_NEXT(header);
    }
    return 0;
}

unsigned legacy_capability_find(const Function *function, unsigned id)
{
    unsigned offset = config_read(function, PCI_CAPABILITY_LIST, 1);

    for (unsigned i = 0; offset != 0 && i < PCI_CFG_SPACE_SIZE / 4; i++) {
        if (config_read(function, offset + PCI_CAP_LIST_ID, 1) == id) {
            return offset;
        }
        offset = config_read(function, offset + PCI_CAP_LIST_NEXT, 1);
    }
    return 0;
}

uint64_t bar_read(const Function *function, unsigned bar_nr, bool is_64bit)
{
    unsigned offset = PCI_BASE_ADDRESS_0 + 4 * bar_nr;
    uint64_t low = config_read(function, offset, 4);

    return is_64bit ? low | (uint64_t)config_read(function, offset + 4, 4) << 32 : low;
}

void bar_write(const Function *function, unsigned bar_nr, uint64_t value)
{
    unsigned offset = PCI_BASE_ADDRESS_0 + 4 * bar_nr;

    config_write(function, offset, 4, (uint32_t)value);
    config_write(function, offset + 4, 4, (uint32_t)(value >> 32));
}

void decode_set(const Function *function, bool on)
{
    uint32_t command = config_read(function, PCI_COMMAND, 2);

    config_write(function, PCI_COMMAND, 2,
                 on ? command | PCI_COMMAND_MEMORY : command & ~(uint32_t)PCI_COMMAND_MEMORY);
}

void function_place(const Function *function, uint64_t base)
{
    decode_set(function, false);
    config_write(function, PCI_BASE_ADDRESS_0, 4, (uint32_t)CONTROL_BASE);
    bar_write(function, BARSHIFT_MEMORY_BAR, base);
    decode_set(function, true);
}

uint64_t control_read(const Function *function, unsigned offset)
{
    return qtest_read(function->qtest, function->control_base + offset, 8);
}

void control_write(const Function *function, unsigned offset, uint64_t value)
{
    qtest_write(function->qtest, function->control_base + offset, 8, value);
}

JsonNode *function_property(const Function *function, const char *name)
{
    g_autofree char *command =
        g_strdup_printf("{\"execute\": \"qom-get\", \"arguments\": {\"path\": "
                        "\"/machine/peripheral/" FUNCTION_ID "\", \"property\": \"%s\"}}", name);

    return qtest_qmp(function->qtest, command);
}

static char *fault_command(const char *names)
{
    return g_strdup_printf("{\"execute\": \"qom-set\", \"arguments\": {\"path\": "
                           "\"/machine/peripheral/" FUNCTION_ID "\", \"property\": \"fault\", "
                           "\"value\": \"%s\"}}", names);
}

void function_fault(const Function *function, const char *names)
{
    g_autofree char *command = fault_command(names);

    json_node_unref(qtest_qmp(function->qtest, command));
}

char *function_fault_refusal(const Function *function, const char *names)
{
    g_autofree char *command = fault_command(names);

    return qtest_qmp_refusal(function->qtest, command);
}

void assert_reached(const Function *function, uint64_t base, unsigned bar_nr)
{
    QTest *qtest = function->qtest;

    g_assert_cmphex(qtest_read(qtest, base + BARSHIFT_HEADER_MAGIC, 4), ==, BARSHIFT_MAGIC);
    g_assert_cmphex(qtest_read(qtest, base + BARSHIFT_HEADER_TAG, 4), ==, FUNCTION_TAG);
    g_assert_cmphex(qtest_read(qtest, base + BARSHIFT_HEADER_BAR, 4), ==, bar_nr);
    g_assert_cmphex(qtest_read(qtest, base + BARSHIFT_HEADER_ADDRESS, 8), ==,
                    base + BARSHIFT_HEADER_ADDRESS);
}

void assert_silent(const Function *function, uint64_t base)
{
    /* Where nothing is mapped this machine reads as zero */
    g_assert_cmphex(qtest_read(function->qtest, base + BARSHIFT_HEADER_MAGIC, 4), ==, 0);
    g_assert_cmphex(qtest_read(function->qtest, base + BARSHIFT_HEADER_PAGE_SIZE, 4), ==, 0);
}
