/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "config-registers.h"
#include "rebar-size.h"
#include "rebar-write.h"

typedef struct RebarRequest {
    int bar_nr;
    unsigned field;
    uint64_t base;
    bool decoding;
    int result;
} RebarRequest;

static int rebar_visit(struct pci_dev *device, void *data)
{
    RebarRequest *request = data;
    int control = rebar_control_find(device, request->bar_nr);
    uint32_t value;

    if (!request->decoding && (pci_read_word(device, PCI_COMMAND) & PCI_COMMAND_MEMORY) != 0) {
        request->result = -EBUSY;
    } else if (control == 0) {
        request->result = -EINVAL;
    } else {
        value = (pci_read_long(device, control) & ~REBAR_CONTROL_SIZE) |
                request->field * (REBAR_CONTROL_SIZE & -REBAR_CONTROL_SIZE);
        pci_write_long(device, control, value);
        request->result = pci_read_long(device, control) == value ? 0 : -EINVAL;
        if (request->result == 0 && request->base != 0) {
            base_write(device, request->bar_nr, request->base);
        }
    }
    return 0;
}

int rebar_write(const ConfigSource *source, const char *bdf, int bar_nr, uint64_t size_bytes,
                uint64_t base, bool decoding, char *why)
{
    RebarRequest request = {
        .bar_nr = bar_nr,
        .base = base,
        .decoding = decoding,
        .result = -ENODEV,
    };
    int result = rebar_size_encode(size_bytes, &request.field);

    if (result == 0) {
        result = config_visit(source, bdf, rebar_visit, &request, why);
        if (result == -EIO) {
            return result;
        }
        result = request.result;
    }
    if (result < 0) {
        snprintf(why, CONFIG_WHY_SIZE, "%s BAR %d: size 0x%" PRIx64 ": %s", bdf, bar_nr,
                 size_bytes,
                 result == -EBUSY    ? "it still decodes memory"
                 : result == -ENODEV ? "no such function"
                                     : "the function does not take it");
    }
    return result;
}
