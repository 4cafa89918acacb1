/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "config-move.h"
#include "config-registers.h"

/* One BAR on its way */
typedef struct Way {
    const ConfigMove *move;
    bool found;
    bool is_memory;
    bool decoded;
    uint64_t old_address;
    uint64_t address; /* to be written; afterwards as read back */
} Way;

typedef void WayAction(struct pci_dev *device, Way *way);

typedef struct WayRequest {
    Way *way;
    WayAction *action;
} WayRequest;

static int way_visit(struct pci_dev *device, void *data)
{
    WayRequest *request = data;

    request->way->found = true;
    request->action(device, request->way);
    return 0;
}

static int ways_do(const ConfigSource *source, Way *ways, size_t count, WayAction *action,
                   char *why)
{
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++) {
        WayRequest request = { .way = &ways[i], .action = action };

        result = config_visit(source, ways[i].move->bdf, way_visit, &request, why);
        result = result == -ENODEV ? 0 : result; /* whether it was found is noted */
    }
    return result;
}

static void look(struct pci_dev *device, Way *way)
{
    way->is_memory = base_is_memory(device, way->move->bar_nr);
    way->decoded = (pci_read_word(device, PCI_COMMAND) & PCI_COMMAND_MEMORY) != 0;
    way->old_address = base_read(device, way->move->bar_nr);
    way->address = way->move->address;
}

static void cease(struct pci_dev *device, Way *way)
{
    u16 command = pci_read_word(device, PCI_COMMAND);

    (void)way;
    pci_write_word(device, PCI_COMMAND, command & (u16)~PCI_COMMAND_MEMORY);
}

static void place(struct pci_dev *device, Way *way)
{
    base_write(device, way->move->bar_nr, way->address);
    way->address = base_read(device, way->move->bar_nr);
}

static void put_back(struct pci_dev *device, Way *way)
{
    base_write(device, way->move->bar_nr, way->old_address);
}

static void resume(struct pci_dev *device, Way *way)
{
    if (way->decoded) {
        pci_write_word(device, PCI_COMMAND,
                       pci_read_word(device, PCI_COMMAND) | PCI_COMMAND_MEMORY);
    }
}

static int ways_check(const Way *ways, size_t count, char *why)
{
    for (size_t i = 0; i < count; i++) {
        const ConfigMove *move = ways[i].move;

        if (!ways[i].found) {
            snprintf(why, CONFIG_WHY_SIZE, "%s: no such function", move->bdf);
            return -ENODEV;
        }
        if (!ways[i].is_memory) {
            snprintf(why, CONFIG_WHY_SIZE, "%s BAR %d: expected a memory BAR, observed none",
                     move->bdf, move->bar_nr);
            return -EINVAL;
        }
    }
    return 0;
}

/* What is read-only in a BAR, because of its size or its width, does not take an address. */
static int ways_check_placed(const Way *ways, size_t count, char *why)
{
    for (size_t i = 0; i < count; i++) {
        const ConfigMove *move = ways[i].move;

        if (ways[i].address != move->address) {
            snprintf(why, CONFIG_WHY_SIZE,
                     "%s BAR %d: expected it to take 0x%" PRIx64 ", observed 0x%" PRIx64,
                     move->bdf, move->bar_nr, move->address, ways[i].address);
            return -EACCES;
        }
    }
    return 0;
}

static int ways_go(const ConfigSource *source, Way *ways, size_t count, char *why)
{
    char ignored[CONFIG_WHY_SIZE];
    int result = ways_do(source, ways, count, cease, why);

    if (result == 0) {
        result = ways_do(source, ways, count, place, why);
    }
    if (result == 0) {
        result = ways_check_placed(ways, count, why);
    }
    if (result < 0) {
        ways_do(source, ways, count, put_back, ignored);
        ways_do(source, ways, count, resume, ignored);
        return result;
    }
    return ways_do(source, ways, count, resume, why);
}

int config_move(const ConfigSource *source, const ConfigMove *moves, size_t count, char *why)
{
    CLEANUP(memory_free) Way *ways = calloc(count, sizeof(*ways));
    int result;

    if (!ways) {
        snprintf(why, CONFIG_WHY_SIZE, "%s", strerror(ENOMEM));
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        ways[i].move = &moves[i];
    }
    result = ways_do(source, ways, count, look, why);
    if (result == 0) {
        result = ways_check(ways, count, why);
    }
    return result < 0 ? result : ways_go(source, ways, count, why);
}
