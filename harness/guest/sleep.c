/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capabilities.h"
#include "cleanup.h"
#include "config-registers.h"
#include "sleep.h"
#include "stop-note.h"

#define WAKE_NS 10000000L /* from D3hot to D0, PCIe r6.0 sec 5.9 */
#define D0 0
#define D3HOT 3
#define DECODING (PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)

typedef struct Saved {
    unsigned command;
    uint32_t bases[BARSHIFT_BARS];
    uint32_t sizes[BARSHIFT_BARS]; /* Resizable BAR control; 0: has none */
} Saved;

typedef struct Sleeper Sleeper;

struct Sleeper {
    const char *bdf;
    int (*action)(struct pci_dev *device, Sleeper *sleeper, int power);
    Saved saved;
    uint32_t tag;
    bool was_reset;
    int result;
};

static int power_write(struct pci_dev *device, int power, unsigned state)
{
    u16 control = pci_read_word(device, power + PCI_PM_CTRL);

    pci_write_word(device, power + PCI_PM_CTRL,
                   (u16)((control & ~PCI_PM_CTRL_STATE_MASK) | state));
    control = pci_read_word(device, power + PCI_PM_CTRL);
    return (control & PCI_PM_CTRL_STATE_MASK) == state ? 0 : -EIO;
}

static int look(struct pci_dev *device, Sleeper *sleeper, int power)
{
    (void)power;
    sleeper->saved.command = pci_read_word(device, PCI_COMMAND);
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        int control = rebar_control_find(device, nr);

        sleeper->saved.bases[nr] = pci_read_long(device, PCI_BASE_ADDRESS_0 + 4 * nr);
        sleeper->saved.sizes[nr] = control == 0 ? 0 : pci_read_long(device, control);
    }
    return 0;
}

static int fall_asleep(struct pci_dev *device, Sleeper *sleeper, int power)
{
    pci_write_word(device, PCI_COMMAND, (u16)(sleeper->saved.command & ~DECODING));
    return power_write(device, power, D3HOT);
}

static int long_restore(struct pci_dev *device, int offset, uint32_t value)
{
    if (pci_read_long(device, offset) != value) {
        pci_write_long(device, offset, value);
    }
    return pci_read_long(device, offset) == value ? 0 : -EIO;
}

static int wake(struct pci_dev *device, Sleeper *sleeper, int power)
{
    const struct timespec pause = { .tv_nsec = WAKE_NS };
    int result = power_write(device, power, D0);

    nanosleep(&pause, NULL);
    sleeper->was_reset = (pci_read_word(device, power + PCI_PM_CTRL) &
                          PCI_PM_CTRL_NO_SOFT_RST) == 0;
    for (int nr = 0; nr < BARSHIFT_BARS && result == 0; nr++) {
        int control = rebar_control_find(device, nr);

        if (control != 0) {
            result = long_restore(device, control, sleeper->saved.sizes[nr]);
        }
    }
    for (int nr = 0; nr < BARSHIFT_BARS && result == 0; nr++) {
        result = long_restore(device, PCI_BASE_ADDRESS_0 + 4 * nr, sleeper->saved.bases[nr]);
    }
    if (result == 0) {
        pci_write_word(device, PCI_COMMAND, (u16)sleeper->saved.command);
    }
    return result;
}

static int sleeper_visit(struct pci_dev *device, void *data)
{
    Sleeper *sleeper = data;
    Capabilities capabilities;
    Function function;
    int power;

    capabilities_read(device, &capabilities);
    function_decode(device, &capabilities, &function);
    power = capabilities_find(&capabilities, PCI_CAP_ID_PM);
    sleeper->tag = function.tag;
    sleeper->result = !function.tagged ? -ENODEV
                      : power == 0    ? -ENOTSUP
                                      : sleeper->action(device, sleeper, power);
    return 0;
}

static int sleeper_do(const ConfigSource *source, Sleeper *sleeper,
                      int (*action)(struct pci_dev *, Sleeper *, int), char *why)
{
    int result;

    sleeper->action = action;
    sleeper->result = -ENODEV;
    result = config_visit(source, sleeper->bdf, sleeper_visit, sleeper, why);
    if (result != -EIO && sleeper->result < 0) {
        snprintf(why, CONFIG_WHY_SIZE, "%s: %s", sleeper->bdf,
                 sleeper->result == -ENODEV    ? "no such function of barshift"
                 : sleeper->result == -ENOTSUP ? "it has no Power Management capability"
                                               : "a register does not take its value");
        result = sleeper->result;
    }
    return result;
}

static void note_path(char *path, const char *root, uint32_t tag)
{
    snprintf(path, PATH_MAX, "%s/run/barshift/asleep-%" PRIu32, root, tag);
}

static int note_write(const char *root, const Sleeper *sleeper)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];
    int result = stop_note_folder(root);

    note_path(path, root, sleeper->tag);
    file = result == 0 ? fopen(path, "wxe") : NULL;
    if (!file) {
        return result < 0 ? result : errno == EEXIST ? -EALREADY : -errno;
    }
    fprintf(file, "command %x\n", sleeper->saved.command);
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        fprintf(file, "bar %" PRIx32 " %" PRIx32 "\n", sleeper->saved.bases[nr],
                sleeper->saved.sizes[nr]);
    }
    if (fflush(file) != 0) {
        unlink(path);
        return -EIO;
    }
    return 0;
}

static int note_read(const char *root, Sleeper *sleeper)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];

    note_path(path, root, sleeper->tag);
    file = fopen(path, "re");
    if (!file) {
        return -errno;
    }
    if (fscanf(file, "command %x\n", &sleeper->saved.command) != 1) {
        return -EIO;
    }
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (fscanf(file, "bar %" SCNx32 " %" SCNx32 "\n", &sleeper->saved.bases[nr],
                   &sleeper->saved.sizes[nr]) != 2) {
            return -EIO;
        }
    }
    return 0;
}

static void note_remove(const char *root, uint32_t tag)
{
    char path[PATH_MAX];

    note_path(path, root, tag);
    unlink(path);
}

static int note_failed(const char *bdf, int result, char *why)
{
    snprintf(why, CONFIG_WHY_SIZE, "%s: what it had before it slept: %s", bdf,
             strerror(-result));
    return result;
}

int sleep_suspend(const ConfigSource *source, const char *bdf, char *why)
{
    Sleeper sleeper = { .bdf = bdf };
    int result = sleeper_do(source, &sleeper, look, why);

    if (result < 0) {
        return result;
    }
    result = note_write(source->root, &sleeper);
    if (result < 0) {
        return note_failed(bdf, result, why);
    }
    result = sleeper_do(source, &sleeper, fall_asleep, why);
    if (result < 0) {
        note_remove(source->root, sleeper.tag);
    }
    return result;
}

int sleep_resume(const ConfigSource *source, const char *bdf, bool *was_reset, char *why)
{
    Sleeper sleeper = { .bdf = bdf };
    int result = sleeper_do(source, &sleeper, look, why); /* for the tag */

    if (result < 0) {
        return result;
    }
    result = note_read(source->root, &sleeper);
    if (result < 0) {
        return note_failed(bdf, result, why);
    }
    result = sleeper_do(source, &sleeper, wake, why);
    if (result < 0) {
        return result;
    }
    note_remove(source->root, sleeper.tag);
    *was_reset = sleeper.was_reset;
    return 0;
}
