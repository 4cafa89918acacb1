/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who the function says it is, in configuration space.
 */

#include <linux/pci_regs.h>

#include "function.h"

typedef struct IdentityCase {
    const char *path;
    const char *properties;
    unsigned capability; /* ID of an extended one, 0 for the header of configuration space */
    unsigned offset;     /* from there */
    unsigned size;
    uint32_t value;
} IdentityCase;

static const IdentityCase identity_cases[] = {
    { "/identity/default/ids", "", 0, PCI_VENDOR_ID, 4,
      BARSHIFT_DEVICE_ID << 16 | BARSHIFT_VENDOR_ID },
    { "/identity/default/class", "", 0, PCI_CLASS_REVISION, 4, 0x120000 << 8 | BARSHIFT_REVISION },
    { "/identity/default/serial-is-the-tag", "", PCI_EXT_CAP_ID_DSN, 4, 4, FUNCTION_TAG },
    { "/identity/default/serial-says-so", "", PCI_EXT_CAP_ID_DSN, 8, 4, BARSHIFT_MAGIC },
    { "/identity/given/vendor-id", ",vendor-id=0x8086", 0, PCI_VENDOR_ID, 2, 0x8086 },
    { "/identity/given/device-id", ",device-id=0x56a0", 0, PCI_DEVICE_ID, 2, 0x56a0 },
    { "/identity/given/class", ",class=0x010802", 0, PCI_CLASS_REVISION, 4,
      0x010802 << 8 | BARSHIFT_REVISION },
    { "/identity/given/revision", ",revision=0x42", 0, PCI_REVISION_ID, 1, 0x42 },
    { "/identity/given/subsystem-vendor-id", ",subsystem-vendor-id=0x1028",
      0, PCI_SUBSYSTEM_VENDOR_ID, 2, 0x1028 },
    { "/identity/given/subsystem-id", ",subsystem-id=0", 0, PCI_SUBSYSTEM_ID, 2, 0 },
    /* PCIe r6.0, sec 7.9.3: lower half first */
    { "/identity/given/serial-lower-half", ",serial=0x0123456789abcdef",
      PCI_EXT_CAP_ID_DSN, 4, 4, 0x89abcdef },
    { "/identity/given/serial-upper-half", ",serial=0x0123456789abcdef",
      PCI_EXT_CAP_ID_DSN, 8, 4, 0x01234567 },
};

static void test_identity(gconstpointer data)
{
    const IdentityCase *row = data;
    Function function;
    unsigned start = 0;

    function_start(&function, row->properties);
    if (row->capability) {
        start = capability_find(&function, row->capability);
        g_assert_cmphex(start, !=, 0);
    }
    g_assert_cmphex(config_read(&function, start + row->offset, row->size), ==, row->value);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(identity_cases); i++) {
        g_test_add_data_func(identity_cases[i].path, &identity_cases[i], test_identity);
    }
    return g_test_run();
}
