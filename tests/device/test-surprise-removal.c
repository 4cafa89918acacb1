/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Surprise removal: nothing of the function answers any more, and the slot tells that it is empty.
 */

#include <linux/pci_regs.h>
#include <string.h>

#include "dma.h"
#include "messages.h"
#include "ramblock.h"
#include "records.h"
#include "resets.h"
#include "state.h"
#include "virtual.h"

#define BACKING (16 * GIB)
#define PERIOD BARSHIFT_DMA_PERIOD_MIN
#define GONE 0xffffffffu

#define FUNCTION_PATH "/machine/peripheral/" FUNCTION_ID
#define UNATTACHED "/machine/unattached" /* what nobody has given a name */

#define PORT_BAR_BASE 0xd0000000u
#define PORT_INTX_IRQ 20 /* where slot 4 of q35's root bus has pin A, at the "ioapic" */

static char *command_for(const char *path, bool removed)
{
    return g_strdup_printf("{\"execute\": \"qom-set\", \"arguments\": {\"path\": \"%s\", "
                           "\"property\": \"removed\", \"value\": %s}}", path,
                           removed ? "true" : "false");
}

static void pull(const Below *below)
{
    g_autofree char *command = command_for(FUNCTION_PATH, true);

    json_node_unref(qtest_qmp(below->port.qtest, command));
}

static char *refusal(QTest *qtest, const char *path, bool removed)
{
    g_autofree char *command = command_for(path, removed);

    return qtest_qmp_refusal(qtest, command);
}

static uint32_t slot_status(const Function *port)
{
    return config_read(port, express_offset(port, PCI_EXP_SLTSTA), 2);
}

static void place(const Below *below)
{
    below_windows_set(below, MEMORY_BASE, 4 * GIB);
    function_place(&below->function, MEMORY_BASE);
    assert_reached(&below->function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
}

static void assert_gone(const Function *function)
{
    for (unsigned offset = 0; offset < PCI_CFG_SPACE_EXP_SIZE; offset += 252) {
        g_assert_cmphex(config_read(function, offset, 4), ==, GONE);
    }
    g_assert_cmphex(config_read(function, PCI_VENDOR_ID, 2), ==, 0xffff);
    g_assert_cmphex(config_read(function, PCI_HEADER_TYPE, 1), ==, 0xff);
    assert_silent(function, CONTROL_BASE);
    assert_silent(function, MEMORY_BASE);
}

/* The function */

static void test_gone(void)
{
    Below below;

    below_start(&below, "");
    place(&below);
    pull(&below);
    assert_gone(&below.function);

    /* What is written to where it was goes nowhere */
    function_place(&below.function, MEMORY_BASE);
    config_write(&below.function, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    assert_gone(&below.function);
    below_stop(&below);
}

static void test_stream_ends(void)
{
    Below below;

    below_start(&below, "");
    place(&below);
    bus_master_set(&below.function, true);
    dma_stream(&below.function, RAM_BASE, PERIOD);
    qtest_clock_step(below.port.qtest, 3 * PERIOD);
    pull(&below);
    qtest_clock_step(below.port.qtest, 3 * PERIOD);
    g_assert_cmpuint(qtest_read(below.port.qtest, RAM_BASE, 8), ==, 3);
    below_stop(&below);
}

/* The ledger is there to be read, and ends with what the removal has brought */
static void test_ledger(void)
{
    static const Record expected[] = {
        { "removed", NO_BAR, 0, 0 },
        { "reset", NO_BAR, BARSHIFT_RESET_CONVENTIONAL, 0 },
        { "decode-off", NO_BAR, 0, 0 },
        { "unmap", 0, CONTROL_BASE, 0 },
        { "unmap", 2, MEMORY_BASE, 0 },
        { },
    };
    g_autoptr(JsonNode) removed = NULL;
    Below below;
    gint64 total;

    below_start(&below, "");
    place(&below);
    total = ledger_total(&below.function);
    pull(&below);
    removed = function_property(&below.function, "removed");
    g_assert_true(json_node_get_boolean(removed));

    /* Nothing happens to what is gone */
    pull(&below);
    function_place(&below.function, MEMORY_BASE);
    reset_of_bus(&below);
    reset_of_machine(&below);
    reset_by_slot_power(&below);
    slot_power_on(&below);
    assert_gone(&below.function);
    assert_records(&below.function, total + 1, expected);
    below_stop(&below);
}

/* Virtual functions have nothing to be functions of */
static void test_virtual_functions(void)
{
    Virtual virtual;

    virtual_start(&virtual, ",vfs=4");
    virtual_place(&virtual, VF_MEMORY_BASE);
    virtual_enable(&virtual, VFS);
    assert_all_virtual_work(&virtual, VF_MEMORY_BASE);
    pull(&virtual.below);
    assert_gone(&virtual.below.function);
    for (unsigned i = 0; i < VFS; i++) {
        assert_virtual_gone(&virtual, i, VF_MEMORY_BASE);
    }
    virtual_stop(&virtual);
}

/* The card is pulled, whichever of its functions is named */
static void test_card(void)
{
    static const char *const devices[] = {
        "barshift,id=" FUNCTION_ID ",bus=" BELOW_PORT_ID ",addr=0.0,multifunction=on,tag=7",
        "barshift,id=second,bus=" BELOW_PORT_ID ",addr=0.1,multifunction=on,tag=8", NULL,
    };
    g_autofree char *command = command_for("/machine/peripheral/second", true);
    Function second;
    Below below;

    below_start_devices(&below, devices);
    function_init(&second, below.port.qtest, below.function.bdf | 1);
    g_assert_cmphex(config_read(&second, PCI_VENDOR_ID, 4), !=, GONE);
    json_node_unref(qtest_qmp(below.port.qtest, command));
    g_assert_cmphex(config_read(&second, PCI_VENDOR_ID, 4), ==, GONE);
    g_assert_cmphex(config_read(&below.function, PCI_VENDOR_ID, 4), ==, GONE);
    below_stop(&below);
}

/* The slot */

#define SLOT_EVENTS (PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PFD | PCI_EXP_SLTSTA_MRLSC | \
                     PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_CC | PCI_EXP_SLTSTA_DLLSC)

static void test_slot(void)
{
    Below below;
    unsigned link_status;

    below_start(&below, "");
    link_status = express_offset(&below.port, PCI_EXP_LNKSTA);
    g_assert_cmphex(slot_status(&below.port), ==, PCI_EXP_SLTSTA_PDS);
    g_assert_cmphex(config_read(&below.port, link_status, 2) & PCI_EXP_LNKSTA_DLLLA, !=, 0);
    pull(&below);
    g_assert_cmphex(slot_status(&below.port), ==, PCI_EXP_SLTSTA_PDC);
    g_assert_cmphex(config_read(&below.port, link_status, 2) & PCI_EXP_LNKSTA_DLLLA, ==, 0);

    config_write(&below.port, express_offset(&below.port, PCI_EXP_SLTSTA), 2, PCI_EXP_SLTSTA_PDC);
    g_assert_cmphex(slot_status(&below.port), ==, 0);
    below_stop(&below);
}

/* Once, with and without Presence Detect Changed Enable, which Linux leaves alone */
static void test_interrupt(gconstpointer data)
{
    uint32_t enable = GPOINTER_TO_UINT(data);
    bool expected = enable & PCI_EXP_SLTCTL_HPIE;
    Below below;

    below_start(&below, "");
    qtest_irq_watch(below.port.qtest, "ioapic");
    below_slot_control(&below, enable | PCI_EXP_SLTCTL_PWR_IND_ON);
    config_write(&below.port, express_offset(&below.port, PCI_EXP_SLTSTA), 2, SLOT_EVENTS);
    g_assert_false(qtest_irq_level(below.port.qtest, PORT_INTX_IRQ));
    pull(&below);
    g_assert_cmpint(qtest_irq_level(below.port.qtest, PORT_INTX_IRQ), ==, expected);
    g_assert_cmpuint(qtest_irq_raised(below.port.qtest, PORT_INTX_IRQ), ==, expected);

    config_write(&below.port, express_offset(&below.port, PCI_EXP_SLTSTA), 2, PCI_EXP_SLTSTA_PDC);
    g_assert_false(qtest_irq_level(below.port.qtest, PORT_INTX_IRQ));
    below_stop(&below);
}

static void press_button(const Below *below)
{
    json_node_unref(qtest_qmp(below->port.qtest, "{\"execute\": \"device_del\", \"arguments\": "
                                                 "{\"id\": \"" FUNCTION_ID "\"}}"));
}

typedef struct MessageCase {
    const char *path;
    uint32_t enable;
    void (*first)(const Below *below);
    void (*second)(const Below *below);
    bool second_arrives;
} MessageCase;

#define BUTTON PCI_EXP_SLTCTL_ABPE
#define PRESENCE PCI_EXP_SLTCTL_PDCE

/* A message is sent when there was no event that is enabled, and now is one */
static const MessageCase message_cases[] = {
    { "pulled-then-pressed", BUTTON | PRESENCE, pull, press_button, false },
    { "pulled-then-pressed/presence-not-enabled", BUTTON, pull, press_button, true },
    { "pressed-then-pulled", BUTTON | PRESENCE, press_button, pull, false },
    { "pressed-then-pulled/button-not-enabled", PRESENCE, press_button, pull, true },
};

static void port_msix_enable(Function *port)
{
    Msix msix;

    port->bars[0].base = PORT_BAR_BASE;
    config_write(port, PCI_BASE_ADDRESS_0, 4, PORT_BAR_BASE);
    command_set(port, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, true);
    msix_find(&msix, port);
    msix_enable(&msix);
    messages_clear(port);
}

static void test_message(gconstpointer data)
{
    const MessageCase *row = data;
    Below below;

    below_start(&below, "");
    port_msix_enable(&below.port);
    below_slot_control(&below, row->enable | PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_PWR_IND_ON);
    config_write(&below.port, express_offset(&below.port, PCI_EXP_SLTSTA), 2, SLOT_EVENTS);
    messages_clear(&below.port);
    row->first(&below);
    g_assert_cmpuint(messages_count(&below.port), ==, row->first == pull || row->enable & BUTTON);
    messages_clear(&below.port);
    row->second(&below);
    g_assert_cmpuint(messages_count(&below.port), ==, row->second_arrives);
    below_stop(&below);
}

/* As Linux leaves the slot: without power, with the indicator off */
static void power_off(const Below *below)
{
    below_slot_control(below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
}

static void test_next_card(void)
{
    static const char unplug[] =
        "{\"execute\": \"device_del\", \"arguments\": {\"id\": \"" FUNCTION_ID "\"}}";
    static const char plug[] =
        "{\"execute\": \"device_add\", \"arguments\": {\"driver\": \"barshift\", "
        "\"id\": \"" FUNCTION_ID "\", \"bus\": \"" BELOW_PORT_ID "\", \"tag\": 7}}";
    Below below;

    below_start(&below, "");
    place(&below);
    pull(&below);
    power_off(&below);
    g_assert_cmpuint(ramblock_count(below.port.qtest, BACKING), ==, 1);
    json_node_unref(qtest_qmp(below.port.qtest, unplug));
    ramblock_await(below.port.qtest, BACKING, 0);

    json_node_unref(qtest_qmp(below.port.qtest, plug));
    slot_power_on(&below);
    place(&below);
    g_assert_cmphex(slot_status(&below.port) & PCI_EXP_SLTSTA_PDS, !=, 0);
    below_stop(&below);
}

/* Refusals */

static void test_does_not_come_back(void)
{
    g_autofree char *told = NULL;
    Below below;

    below_start(&below, "");
    place(&below);
    pull(&below);
    told = refusal(below.port.qtest, FUNCTION_PATH, false);
    g_assert_nonnull(strstr(told, "property 'removed': what was removed does not come back"));
    assert_gone(&below.function);
    below_stop(&below);
}

static void test_needs_a_slot(void)
{
    g_autofree char *told = NULL;
    Function function;

    function_start(&function, "");
    told = refusal(function.qtest, FUNCTION_PATH, true);
    g_assert_nonnull(strstr(told, "property 'removed': is for a physical function in a slot"));
    function_place(&function, MEMORY_BASE);
    assert_reached(&function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    function_stop(&function);
}

/* The bus within a switch is below a port that has no slot */
static void test_needs_a_slot_not_a_switch(void)
{
    static const char *const arguments[] = {
        "-device", "pcie-root-port,id=above", "-device", "x3130-upstream,id=up,bus=above",
        "-device", "barshift,id=" FUNCTION_ID ",bus=up", NULL,
    };
    QTest *qtest = qtest_start(arguments);
    g_autofree char *told = refusal(qtest, FUNCTION_PATH, true);

    g_assert_nonnull(strstr(told, "property 'removed': is for a physical function in a slot"));
    qtest_stop(qtest);
}

static char *virtual_function_path(QTest *qtest)
{
    g_autoptr(JsonNode) children =
        qtest_qmp(qtest, "{\"execute\": \"qom-list\", \"arguments\": "
                         "{\"path\": \"" UNATTACHED "\"}}");
    JsonArray *list = json_node_get_array(children);

    for (guint i = 0; i < json_array_get_length(list); i++) {
        JsonObject *child = json_array_get_object_element(list, i);

        if (g_str_equal(json_object_get_string_member(child, "type"), "child<barshift-vf>")) {
            return g_strconcat(UNATTACHED "/", json_object_get_string_member(child, "name"), NULL);
        }
    }
    g_error("no virtual function is there");
}

static void test_not_of_virtual_functions(void)
{
    g_autofree char *path = NULL, *told = NULL;
    Virtual virtual;

    virtual_start(&virtual, ",vfs=4");
    virtual_place(&virtual, VF_MEMORY_BASE);
    virtual_enable(&virtual, VFS);
    path = virtual_function_path(virtual.below.port.qtest);
    told = refusal(virtual.below.port.qtest, path, true);
    g_assert_nonnull(strstr(told, "is for a physical function in a slot"));
    assert_all_virtual_work(&virtual, VF_MEMORY_BASE);
    virtual_stop(&virtual);
}

static void test_not_at_start(void)
{
    static const char *const arguments[] = {
        "-device", "pcie-root-port,id=above", "-device", "barshift,bus=above,removed=on", NULL,
    };
    g_autofree char *told = NULL;
    int status;

    told = qtest_refusal(NULL, arguments, &status);
    g_assert_cmpint(status, ==, 1);
    g_assert_nonnull(strstr(told, "is for a physical function in a slot"));
}

static void test_not_with_others(void)
{
    static const char *const devices[] = {
        "barshift,id=" FUNCTION_ID ",bus=" BELOW_PORT_ID ",addr=0.0,multifunction=on,tag=7",
        "pci-testdev,bus=" BELOW_PORT_ID ",addr=0.1,multifunction=on", NULL,
    };
    g_autofree char *told = NULL;
    Below below;

    below_start_devices(&below, devices);
    told = refusal(below.port.qtest, FUNCTION_PATH, true);
    g_assert_nonnull(strstr(told, "there is a pci-testdev in the slot, too"));
    g_assert_cmphex(config_read(&below.function, PCI_VENDOR_ID, 4), !=, GONE);
    below_stop(&below);
}

/* Migration */

/*
 * QEMU 7.2 takes Presence Detect State for constant, and refuses the state of an empty port where
 * the port is not; there the function is pulled before the state is loaded.
 */
static void test_migration(void)
{
    g_autofree char *told = NULL;
    Below here, there;
    GBytes *state;
    int status;

    below_start(&here, "");
    place(&here);
    pull(&here);
    state = state_save(here.port.qtest);
    below_stop(&here);

    below_start_incoming(&there, "");
    told = state_try_load(there.port.qtest, state, &status);
    if (told) {
        g_assert_nonnull(strstr(told, "Bad config data"));
        below_start_incoming(&there, "");
        pull(&there);
        g_assert_null(state_try_load(there.port.qtest, state, &status));
    }
    assert_gone(&there.function);
    g_assert_cmphex(slot_status(&there.port) & PCI_EXP_SLTSTA_PDS, ==, 0);
    below_stop(&there);
    g_bytes_unref(state);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/surprise-removal/nothing-answers", test_gone);
    g_test_add_func("/surprise-removal/ends-a-stream", test_stream_ends);
    g_test_add_func("/surprise-removal/ledger", test_ledger);
    g_test_add_func("/surprise-removal/takes-virtual-functions", test_virtual_functions);
    g_test_add_func("/surprise-removal/takes-all-functions-of-the-card", test_card);
    g_test_add_func("/surprise-removal/slot-is-empty", test_slot);
    g_test_add_data_func("/surprise-removal/interrupt/presence-detect-changed",
                         GUINT_TO_POINTER(PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_PDCE),
                         test_interrupt);
    g_test_add_data_func("/surprise-removal/interrupt/attention-button-only",
                         GUINT_TO_POINTER(PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_ABPE),
                         test_interrupt);
    g_test_add_data_func("/surprise-removal/interrupt/not-enabled",
                         GUINT_TO_POINTER(PCI_EXP_SLTCTL_PDCE), test_interrupt);
    for (unsigned i = 0; i < G_N_ELEMENTS(message_cases); i++) {
        g_autofree char *path =
            g_strconcat("/surprise-removal/message/", message_cases[i].path, NULL);

        g_test_add_data_func(path, &message_cases[i], test_message);
    }
    g_test_add_func("/surprise-removal/next-card", test_next_card);
    g_test_add_func("/surprise-removal/does-not-come-back", test_does_not_come_back);
    g_test_add_func("/surprise-removal/needs-a-slot", test_needs_a_slot);
    g_test_add_func("/surprise-removal/needs-a-slot/not-a-switch",
                    test_needs_a_slot_not_a_switch);
    g_test_add_func("/surprise-removal/not-of-virtual-functions", test_not_of_virtual_functions);
    g_test_add_func("/surprise-removal/not-at-start", test_not_at_start);
    g_test_add_func("/surprise-removal/not-with-others", test_not_with_others);
    g_test_add_func("/surprise-removal/migration", test_migration);
    return g_test_run();
}
