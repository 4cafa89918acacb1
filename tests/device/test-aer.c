/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error reporting: what an injected error leaves in the function's registers, and what of it gets
 * to the root port.
 */

#include <linux/pci_regs.h>

#include "records.h"
#include "resets.h"

#define CORRECTABLE BARSHIFT_AER_CORRECTABLE

/* Words of a header, PCIe r6.0, sec 2.2.7: memory write of one doubleword by 00:00.0 */
#define TLP_WRITE_32 0x40000001u
#define TLP_ALL_BYTES 0x0000000fu

#define ENABLES \
    (PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE | PCI_EXP_DEVCTL_FERE | PCI_EXP_DEVCTL_URRE)

static uint32_t aer_read(const Function *function, unsigned offset)
{
    return config_read(function, capability_find(function, PCI_EXT_CAP_ID_ERR) + offset, 4);
}

static void aer_write(const Function *function, unsigned offset, uint32_t value)
{
    config_write(function, capability_find(function, PCI_EXT_CAP_ID_ERR) + offset, 4, value);
}

static void inject(const Function *function, uint32_t error)
{
    qtest_write(function->qtest, function->control_base + BARSHIFT_AER_INJECT, 4, error);
}

static void enable_function(const Function *function)
{
    function_place(function, MEMORY_BASE);
    config_write(function, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_SERR);
    config_write(function, express_offset(function, PCI_EXP_DEVCTL), 2, ENABLES);
}

/* Let everything through to the root port, PCIe r6.0, sec 6.2.6 */
static void enable_all(const Below *below)
{
    below_windows_set(below, MEMORY_BASE, 2 * GIB);
    config_write(&below->port, PCI_COMMAND, 2,
                 PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_SERR);
    config_write(&below->port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR);
    config_write(&below->port, express_offset(&below->port, PCI_EXP_DEVCTL), 2, ENABLES);
    enable_function(&below->function);
}

/* Each error that there is */

typedef struct ErrorCase {
    const char *path;
    uint32_t error;
    bool fatal;  /* by default */
    bool masked; /* by default */
    bool header; /* of a TLP that is logged */
} ErrorCase;

static const ErrorCase error_cases[] = {
    { "/aer/error/data-link-protocol", PCI_ERR_UNC_DLP, true, false, false },
    { "/aer/error/surprise-down", PCI_ERR_UNC_SURPDN, true, false, false },
    { "/aer/error/poisoned-tlp", PCI_ERR_UNC_POISON_TLP, false, false, true },
    { "/aer/error/flow-control-protocol", PCI_ERR_UNC_FCP, true, false, false },
    { "/aer/error/completion-timeout", PCI_ERR_UNC_COMP_TIME, false, false, false },
    { "/aer/error/completer-abort", PCI_ERR_UNC_COMP_ABORT, false, false, true },
    { "/aer/error/unexpected-completion", PCI_ERR_UNC_UNX_COMP, false, false, true },
    { "/aer/error/receiver-overflow", PCI_ERR_UNC_RX_OVER, true, false, false },
    { "/aer/error/malformed-tlp", PCI_ERR_UNC_MALF_TLP, true, false, true },
    { "/aer/error/ecrc", PCI_ERR_UNC_ECRC, false, false, true },
    { "/aer/error/unsupported-request", PCI_ERR_UNC_UNSUP, false, false, true },
    { "/aer/error/acs-violation", PCI_ERR_UNC_ACSV, false, false, true },
    { "/aer/error/uncorrectable-internal", PCI_ERR_UNC_INTN, true, true, false },
    { "/aer/error/multicast-blocked", PCI_ERR_UNC_MCBTLP, false, false, true },
    { "/aer/error/atomic-egress-blocked", PCI_ERR_UNC_ATOMEG, false, false, true },
    { "/aer/error/tlp-prefix-blocked", PCI_ERR_UNC_TLPPRE, false, true, true },
    { "/aer/error/receiver", CORRECTABLE | PCI_ERR_COR_RCVR, false, false, false },
    { "/aer/error/bad-tlp", CORRECTABLE | PCI_ERR_COR_BAD_TLP, false, false, false },
    { "/aer/error/bad-dllp", CORRECTABLE | PCI_ERR_COR_BAD_DLLP, false, false, false },
    { "/aer/error/replay-rollover", CORRECTABLE | PCI_ERR_COR_REP_ROLL, false, false, false },
    { "/aer/error/replay-timeout", CORRECTABLE | PCI_ERR_COR_REP_TIMER, false, false, false },
    { "/aer/error/advisory", CORRECTABLE | PCI_ERR_COR_ADV_NFAT, false, true, false },
    { "/aer/error/corrected-internal", CORRECTABLE | PCI_ERR_COR_INTERNAL, false, true, false },
    { "/aer/error/log-overflow", CORRECTABLE | PCI_ERR_COR_LOG_OVER, false, true, false },
};

static uint32_t expected_device_status(const ErrorCase *row)
{
    if (row->error & CORRECTABLE) {
        return PCI_EXP_DEVSTA_CED;
    }
    return (row->fatal ? PCI_EXP_DEVSTA_FED : PCI_EXP_DEVSTA_NFED) |
           (row->error == PCI_ERR_UNC_UNSUP ? PCI_EXP_DEVSTA_URD : 0);
}

static void assert_header_log(const Function *function, bool logged)
{
    const uint32_t expected[] = {
        TLP_WRITE_32, TLP_ALL_BYTES, (uint32_t)CONTROL_BASE + BARSHIFT_AER_INJECT, 0,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_cmphex(aer_read(function, PCI_ERR_HEADER_LOG + 4 * i), ==,
                        logged ? expected[i] : 0);
    }
}

static void assert_root_port_received(const Below *below, bool fatal)
{
    g_assert_cmphex(aer_read(&below->port, PCI_ERR_ROOT_STATUS) & ~PCI_ERR_ROOT_AER_IRQ, ==,
                    PCI_ERR_ROOT_UNCOR_RCV |
                        (fatal ? PCI_ERR_ROOT_FATAL_RCV | PCI_ERR_ROOT_FIRST_FATAL
                               : PCI_ERR_ROOT_NONFATAL_RCV));
    g_assert_cmphex(aer_read(&below->port, PCI_ERR_ROOT_ERR_SRC) >> 16, ==,
                    below->function.bdf);
}

static void assert_root_port_received_nothing(const Below *below)
{
    g_assert_cmphex(aer_read(&below->port, PCI_ERR_ROOT_STATUS) & ~PCI_ERR_ROOT_AER_IRQ, ==, 0);
}

static void assert_logged(const Function *function, const ErrorCase *row, bool masked)
{
    bool correctable = row->error & CORRECTABLE;
    uint32_t bit = row->error & ~CORRECTABLE;

    g_assert_cmphex(aer_read(function, PCI_ERR_COR_STATUS), ==, correctable ? bit : 0);
    g_assert_cmphex(aer_read(function, PCI_ERR_UNCOR_STATUS), ==, correctable ? 0 : bit);
    g_assert_cmphex(config_read(function, express_offset(function, PCI_EXP_DEVSTA), 2), ==,
                    expected_device_status(row));
    assert_header_log(function, row->header && !masked);
    if (!correctable && !masked) {
        g_assert_cmphex(1u << PCI_ERR_CAP_FEP(aer_read(function, PCI_ERR_CAP)), ==, bit);
    }
}

/* That the root port receives a correctable error is left out: QEMU 7.2 sends none */
static void test_error(gconstpointer data)
{
    const ErrorCase *row = data;
    const Record expected[] = { { "aer", NO_BAR, row->error, 0 }, { } };
    Below below;
    gint64 total;

    below_start(&below, "");
    enable_all(&below);
    aer_write(&below.function, PCI_ERR_UNCOR_MASK, 0);
    aer_write(&below.function, PCI_ERR_COR_MASK, 0);
    total = ledger_total(&below.function);
    inject(&below.function, row->error);

    assert_logged(&below.function, row, false);
    assert_records(&below.function, total + 1, expected);
    if (!(row->error & CORRECTABLE)) {
        assert_root_port_received(&below, row->fatal);
    }
    below_stop(&below);
}

/* Masks after power-on, PCIe r6.0, sec 7.8.4.3 and 7.8.4.6 */
static void test_default_masks(void)
{
    uint32_t uncorrectable = 0, correctable = 0, fatal = 0;
    Function function;

    for (unsigned i = 0; i < G_N_ELEMENTS(error_cases); i++) {
        const ErrorCase *row = &error_cases[i];
        uint32_t bit = row->error & ~CORRECTABLE;

        if (row->masked) {
            *(row->error & CORRECTABLE ? &correctable : &uncorrectable) |= bit;
        }
        fatal |= row->fatal ? bit : 0;
    }
    function_start(&function, "");
    g_assert_cmphex(aer_read(&function, PCI_ERR_UNCOR_MASK), ==, uncorrectable);
    g_assert_cmphex(aer_read(&function, PCI_ERR_COR_MASK), ==, correctable);
    g_assert_cmphex(aer_read(&function, PCI_ERR_UNCOR_SEVER), ==, fatal);
    function_stop(&function);
}

/* A masked error is in the status register, is not logged and not sent, sec 6.2.3.2.2 */
static void test_masked(void)
{
    static const ErrorCase row = { .error = PCI_ERR_UNC_COMP_ABORT, .header = true };
    Below below;

    below_start(&below, "");
    enable_all(&below);
    aer_write(&below.function, PCI_ERR_UNCOR_MASK, row.error);
    inject(&below.function, row.error);
    assert_logged(&below.function, &row, true);
    assert_root_port_received_nothing(&below);
    below_stop(&below);
}

static void test_severity(void)
{
    Below below;

    below_start(&below, "");
    enable_all(&below);
    aer_write(&below.function, PCI_ERR_UNCOR_SEVER, PCI_ERR_UNC_COMP_ABORT);
    inject(&below.function, PCI_ERR_UNC_COMP_ABORT);
    assert_root_port_received(&below, true);
    below_stop(&below);
}

/* Nothing is sent when neither SERR# Enable nor the enables in Device Control allow it */
static void test_not_enabled(void)
{
    Below below;

    below_start(&below, "");
    enable_all(&below);
    config_write(&below.function, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
    config_write(&below.function, express_offset(&below.function, PCI_EXP_DEVCTL), 2, 0);
    inject(&below.function, PCI_ERR_UNC_MALF_TLP);
    g_assert_cmphex(aer_read(&below.function, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_MALF_TLP);
    assert_root_port_received_nothing(&below);
    below_stop(&below);
}

/* Pointer and header are the first error's until it is cleared, PCIe r6.0, sec 6.2.4.2 */
static void test_log_keeps_the_first(void)
{
    Function function;

    function_start(&function, "");
    enable_function(&function);
    inject(&function, PCI_ERR_UNC_COMP_ABORT);
    inject(&function, PCI_ERR_UNC_COMP_TIME);
    g_assert_cmphex(aer_read(&function, PCI_ERR_UNCOR_STATUS), ==,
                    PCI_ERR_UNC_COMP_ABORT | PCI_ERR_UNC_COMP_TIME);
    g_assert_cmphex(1u << PCI_ERR_CAP_FEP(aer_read(&function, PCI_ERR_CAP)), ==,
                    PCI_ERR_UNC_COMP_ABORT);
    assert_header_log(&function, true);

    aer_write(&function, PCI_ERR_UNCOR_STATUS, PCI_ERR_UNC_COMP_ABORT);
    g_assert_cmphex(aer_read(&function, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_COMP_TIME);
    assert_header_log(&function, false);
    function_stop(&function);
}

/* A function above 4 GiB: the header has four words */
static void test_log_of_a_64_bit_address(void)
{
    const uint32_t expected[] = {
        0x60000001u, TLP_ALL_BYTES, MEMORY_BASE >> 32, BARSHIFT_AER_INJECT,
    };
    Function function;

    function_start(&function, ",bar2=1M:mem64:control");
    function.control_base = MEMORY_BASE;
    enable_function(&function);
    inject(&function, PCI_ERR_UNC_UNSUP);
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_cmphex(aer_read(&function, PCI_ERR_HEADER_LOG + 4 * i), ==, expected[i]);
    }
    function_stop(&function);
}

/* What is no error is refused, and is in the ledger */

typedef struct RefusalCase {
    const char *path;
    const char *properties;
    uint32_t error;
} RefusalCase;

static const RefusalCase refusal_cases[] = {
    { "/aer/refuses/nothing", "", 0 },
    { "/aer/refuses/nothing-correctable", "", CORRECTABLE },
    { "/aer/refuses/two", "", PCI_ERR_UNC_COMP_TIME | PCI_ERR_UNC_COMP_ABORT },
    { "/aer/refuses/two-of-which-one-is-unknown", "", PCI_ERR_UNC_COMP_TIME | PCI_ERR_UNC_UND },
    { "/aer/refuses/unknown", "", PCI_ERR_UNC_UND },
    { "/aer/refuses/unknown-correctable", "", CORRECTABLE | 0x2 },
    { "/aer/refuses/correctable-of-the-other-kind", "", CORRECTABLE | PCI_ERR_UNC_DLP },
    { "/aer/refuses/all", "", 0xffffffffu },
    { "/aer/refuses/without-the-capability", ",aer=off", PCI_ERR_UNC_COMP_TIME },
};

static void test_refusal(gconstpointer data)
{
    const RefusalCase *row = data;
    static const Record expected[] = { { "bad-access", 0, BARSHIFT_AER_INJECT, 0 }, { } };
    Function function;
    gint64 total;

    function_start(&function, row->properties);
    enable_function(&function);
    total = ledger_total(&function);
    inject(&function, row->error);
    assert_records(&function, total + 1, expected);
    g_assert_cmphex(config_read(&function, express_offset(&function, PCI_EXP_DEVSTA), 2), ==, 0);
    if (capability_find(&function, PCI_EXT_CAP_ID_ERR)) {
        g_assert_cmphex(aer_read(&function, PCI_ERR_UNCOR_STATUS), ==, 0);
        g_assert_cmphex(aer_read(&function, PCI_ERR_COR_STATUS), ==, 0);
    }
    function_stop(&function);
}

/* QEMU writes Device Status as if it had 32 bits, and they have the register behind it */
static void test_leaves_the_neighbour_alone(void)
{
    Function function;
    unsigned link;
    uint32_t before;

    function_start(&function, "");
    enable_function(&function);
    link = express_offset(&function, PCI_EXP_LNKCAP);
    before = config_read(&function, link, 4);
    g_assert_cmphex(before & 0xffff, !=, 0);
    inject(&function, PCI_ERR_UNC_COMP_TIME);
    g_assert_cmphex(config_read(&function, link, 4), ==, before);
    function_stop(&function);
}

static void test_without_the_capability_there_is_none(void)
{
    Function function;

    function_start(&function, ",aer=off");
    g_assert_cmphex(capability_find(&function, PCI_EXT_CAP_ID_ERR), ==, 0);
    g_assert_cmphex(capability_find(&function, PCI_EXT_CAP_ID_REBAR), !=, 0);
    function_stop(&function);
}

/* Registers are sticky: of the resets only a cold one clears them, PCIe r6.0, sec 7.4 */

typedef struct StickyCase {
    const char *path;
    void (*reset)(const Below *below);
    bool kept;
} StickyCase;

static const StickyCase sticky_cases[] = {
    { "/aer/reset/of-the-function-keeps", reset_by_flr, true },
    { "/aer/reset/from-d3hot-keeps", reset_by_power_state, true },
    { "/aer/reset/of-the-bus-keeps", reset_of_bus, true },
    { "/aer/reset/of-the-machine-clears", reset_of_machine, false },
    { "/aer/reset/by-slot-power-clears", reset_by_slot_power, false },
};

static void test_sticky(gconstpointer data)
{
    const StickyCase *row = data;
    uint32_t before[PCI_ERR_ROOT_COMMAND / 4], power_on[PCI_ERR_ROOT_COMMAND / 4];
    Below below;

    below_start(&below, ",no-soft-reset=off");
    for (unsigned i = 0; i < G_N_ELEMENTS(power_on); i++) {
        power_on[i] = aer_read(&below.function, 4 * i);
    }
    enable_all(&below);
    aer_write(&below.function, PCI_ERR_UNCOR_MASK, PCI_ERR_UNC_ECRC);
    aer_write(&below.function, PCI_ERR_UNCOR_SEVER, PCI_ERR_UNC_POISON_TLP);
    aer_write(&below.function, PCI_ERR_COR_MASK, PCI_ERR_COR_RCVR);
    inject(&below.function, PCI_ERR_UNC_POISON_TLP);
    inject(&below.function, CORRECTABLE | PCI_ERR_COR_BAD_TLP);
    for (unsigned i = 0; i < G_N_ELEMENTS(before); i++) {
        before[i] = aer_read(&below.function, 4 * i);
    }
    g_assert_cmphex(before[PCI_ERR_UNCOR_STATUS / 4], ==, PCI_ERR_UNC_POISON_TLP);

    row->reset(&below);
    if (row->reset == reset_by_slot_power) {
        slot_power_on(&below);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(before); i++) {
        g_assert_cmphex(aer_read(&below.function, 4 * i), ==, row->kept ? before[i] : power_on[i]);
    }
    below_stop(&below);
}

/* QEMU's own way to inject errors */
static void test_monitor_command(void)
{
    static const char command[] =
        "{\"execute\": \"human-monitor-command\", \"arguments\": "
        "{\"command-line\": \"pcie_aer_inject_error " FUNCTION_ID " COMP_TIME\"}}";
    Below below;

    below_start(&below, "");
    enable_all(&below);
    json_node_unref(qtest_qmp(below.port.qtest, command));
    g_assert_cmphex(aer_read(&below.function, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_COMP_TIME);
    assert_root_port_received(&below, false);
    below_stop(&below);
}

/* The command finds functions by name; not every function has one */
static void test_function_without_a_name(void)
{
    static const char *const devices[] = { "barshift,bus=" BELOW_PORT_ID, NULL };
    Below below;

    below_start_devices(&below, devices);
    enable_all(&below);
    inject(&below.function, PCI_ERR_UNC_COMP_TIME);
    g_assert_cmphex(aer_read(&below.function, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_COMP_TIME);
    assert_root_port_received(&below, false);
    below_stop(&below);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(error_cases); i++) {
        g_test_add_data_func(error_cases[i].path, &error_cases[i], test_error);
    }
    g_test_add_func("/aer/masks-after-power-on", test_default_masks);
    g_test_add_func("/aer/sends/no-masked-error", test_masked);
    g_test_add_func("/aer/sends/with-the-severity-written", test_severity);
    g_test_add_func("/aer/sends/nothing-when-not-enabled", test_not_enabled);
    g_test_add_func("/aer/sends/from-a-function-without-a-name", test_function_without_a_name);
    g_test_add_func("/aer/log/keeps-the-first", test_log_keeps_the_first);
    g_test_add_func("/aer/log/has-64-bit-addresses", test_log_of_a_64_bit_address);
    for (unsigned i = 0; i < G_N_ELEMENTS(refusal_cases); i++) {
        g_test_add_data_func(refusal_cases[i].path, &refusal_cases[i], test_refusal);
    }
    g_test_add_func("/aer/off/there-is-no-capability", test_without_the_capability_there_is_none);
    for (unsigned i = 0; i < G_N_ELEMENTS(sticky_cases); i++) {
        g_test_add_data_func(sticky_cases[i].path, &sticky_cases[i], test_sticky);
    }
    g_test_add_func("/aer/monitor-command", test_monitor_command);
    g_test_add_func("/aer/leaves-link-capabilities-alone", test_leaves_the_neighbour_alone);
    return g_test_run();
}
