/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error reporting.
 *
 * Logging an error and sending it up is what QEMU does for its monitor command, and no function
 * behind that command can be called by a library. So the command's own function is called, which
 * finds its device by name.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "aer.h"
#include "bar_registers.h"
#include "barshift.h"
#include "qemu-compat.h"

#define AER_OFFSET 0x150

/* Masked after power-on, PCIe r6.0, sec 7.8.4.3; QEMU 7.2 knows no such register */
#define UNCORRECTABLE_MASKED (PCI_ERR_UNC_INTN | PCI_ERR_UNC_TLP_PRF_BLOCKED)

/* Errors of a received TLP, whose header is logged, PCIe r6.0, sec 6.2.7 */
#define HEADER_LOGGED \
    (PCI_ERR_UNC_POISON_TLP | PCI_ERR_UNC_COMP_ABORT | PCI_ERR_UNC_UNX_COMP | \
     PCI_ERR_UNC_MALF_TLP | PCI_ERR_UNC_ECRC | PCI_ERR_UNC_UNSUP | PCI_ERR_UNC_ACSV | \
     PCI_ERR_UNC_MCBTLP | PCI_ERR_UNC_ATOP_EBLOCKED | PCI_ERR_UNC_TLP_PRF_BLOCKED)

/* First words of a memory write of one doubleword, PCIe r6.0, sec 2.2.1 and 2.2.7 */
#define TLP_WRITE_32 0x40000001u
#define TLP_WRITE_64 0x60000001u
#define TLP_ALL_BYTES 0x0000000fu /* of requester 00:00.0 */

#define TLP_WORDS 4

static uint8_t *capability(BarshiftState *s)
{
    return PCI_DEVICE(s)->config + AER_OFFSET;
}

/* The PCI core takes the log for constant, and would refuse a saved state that has another one */
static void allow_other_log(PCIDevice *dev)
{
    uint8_t *compared = dev->cmask + AER_OFFSET;

    pci_set_long(compared + PCI_ERR_CAP, ~PCI_ERR_CAP_FEP_MASK);
    memset(compared + PCI_ERR_HEADER_LOG, 0, PCI_ERR_HEADER_LOG_SIZE);
}

bool aer_realize(BarshiftState *s, Error **errp)
{
    PCIDevice *dev = PCI_DEVICE(s);

    if (!s->aer.enabled) {
        return true;
    }
    if (pcie_aer_init(dev, PCI_ERR_VER, AER_OFFSET, PCI_ERR_SIZEOF, errp) < 0) {
        return false;
    }
    pci_set_long(capability(s) + PCI_ERR_UNCOR_MASK, UNCORRECTABLE_MASKED);
    pci_set_long(dev->wmask + AER_OFFSET + PCI_ERR_UNCOR_MASK, PCI_ERR_UNC_SUPPORTED);
    memcpy(s->aer.defaults, capability(s), sizeof(s->aer.defaults));
    allow_other_log(dev);
    return true;
}

void aer_exit(BarshiftState *s)
{
    if (PCI_DEVICE(s)->exp.aer_cap) {
        pcie_aer_exit(PCI_DEVICE(s));
    }
}

void aer_config_write(BarshiftState *s, uint32_t address, uint32_t value, int len)
{
    if (PCI_DEVICE(s)->exp.aer_cap) {
        pcie_aer_write_config(PCI_DEVICE(s), address, value, len);
    }
}

void aer_cold_reset(BarshiftState *s)
{
    /* Behind the header, which tells the next capability */
    const unsigned first = PCI_ERR_UNCOR_STATUS;

    if (PCI_DEVICE(s)->exp.aer_cap) {
        memcpy(capability(s) + first, s->aer.defaults + first, sizeof(s->aer.defaults) - first);
    }
}

/* The write that asked for the error stands for the TLP that has it */
static void put_header(QDict *arguments, uint64_t address)
{
    static const char *const names[TLP_WORDS] = { "header0", "header1", "header2", "header3" };
    bool is_64bit = address > UINT32_MAX;
    const uint32_t words[TLP_WORDS] = {
        is_64bit ? TLP_WRITE_64 : TLP_WRITE_32,
        TLP_ALL_BYTES,
        is_64bit ? address >> 32 : (uint32_t)address,
        is_64bit ? (uint32_t)address : 0,
    };

    for (unsigned i = 0; i < TLP_WORDS; i++) {
        /* QEMU stores the first byte first; in the register it is the highest, sec 7.8.4.8 */
        qdict_put_int(arguments, names[i], bswap32(words[i]));
    }
}

/* The monitor command "pcie_aer_inject_error" */
static void inject(PCIDevice *dev, uint32_t bit, bool correctable, const uint64_t *address)
{
    DeviceState *qdev = DEVICE(dev);
    uint8_t *link = dev->config + dev->exp.exp_cap + PCI_EXP_LNKCAP;
    uint32_t link_capabilities = pci_get_long(link);
    g_autofree char *name = g_strdup_printf("barshift-%p", (void *)dev);
    g_autofree char *status = g_strdup_printf("0x%" PRIx32, bit);
    QDict *arguments = qdict_new();
    char *given_name = qdev->id;

    qdict_put_str(arguments, "id", name);
    qdict_put_str(arguments, "error_status", status);
    qdict_put_bool(arguments, "correctable", correctable);
    if (address) {
        put_header(arguments, *address);
    }
    /* Not every function has a name */
    qdev->id = name;
    hmp_pcie_aer_inject_error(NULL, arguments);
    qdev->id = given_name;
    /* QEMU writes 32 bits of Device Status, which has 16 */
    pci_set_long(link, link_capabilities);
    qobject_unref(arguments);
}

/*
 * Pointer and header stay those of the first error until it is cleared, PCIe r6.0, sec 6.2.4.2.
 * QEMU takes those of the last.
 */
static void inject_uncorrectable(BarshiftState *s, uint32_t bit, uint64_t address)
{
    uint8_t log[PCI_ERR_HEADER_LOG + PCI_ERR_HEADER_LOG_SIZE - PCI_ERR_CAP];
    uint32_t status = pci_get_long(capability(s) + PCI_ERR_UNCOR_STATUS);
    uint32_t first = PCI_ERR_CAP_FEP(pci_get_long(capability(s) + PCI_ERR_CAP));
    bool is_first = !(status & 1u << first);

    memcpy(log, capability(s) + PCI_ERR_CAP, sizeof(log));
    inject(PCI_DEVICE(s), bit, false, bit & HEADER_LOGGED ? &address : NULL);
    if (!is_first) {
        memcpy(capability(s) + PCI_ERR_CAP, log, sizeof(log));
    }
}

static bool check(const BarshiftState *s, uint32_t error)
{
    uint32_t bit = error & ~BARSHIFT_AER_CORRECTABLE;
    uint32_t known = error & BARSHIFT_AER_CORRECTABLE ? PCI_ERR_COR_SUPPORTED
                                                      : PCI_ERR_UNC_SUPPORTED;

    return PCI_DEVICE(s)->exp.aer_cap && (bit & known) && is_power_of_2(bit);
}

void aer_inject(BarshiftBar *bar, uint32_t error)
{
    BarshiftState *s = bar->device;

    if (!check(s, error)) {
        bar_misused(bar, BARSHIFT_AER_INJECT, "no error that can be injected");
        return;
    }
    ledger_write(&s->ledger, BARSHIFT_EVENT_AER, BARSHIFT_NO_BAR, error);
    if (error & BARSHIFT_AER_CORRECTABLE) {
        inject(PCI_DEVICE(s), error & ~BARSHIFT_AER_CORRECTABLE, true, NULL);
    } else {
        inject_uncorrectable(s, error, sight_base(s, bar->nr) + BARSHIFT_AER_INJECT);
    }
}
