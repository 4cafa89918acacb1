/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tool "slot-power": powers hotplug slots on or off. */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "slot.h"
#include "sysfs.h"

#define TIMEOUT_S 10
#define SLOTS_MAX 64
#define ADDRESS_SIZE 32
#define POWER_SIZE 8

typedef struct Slot {
    char name[SYSFS_SLOT_NAME_SIZE];
    char address[ADDRESS_SIZE]; /* "0000:02:00" */
} Slot;

typedef struct Switch {
    const Tool *tool;
    bool on;
    unsigned timeout_s;
    Slot slots[SLOTS_MAX];
    int count;
} Switch;

typedef struct Search {
    unsigned domain;
    unsigned bus;
    char *name; /* (out) */
} Search;

static const char *state_name(const Switch *what)
{
    return what->on ? "on" : "off";
}

static void slot_match(unsigned domain, unsigned bus, const char *name, void *data)
{
    Search *search = data;

    if (domain == search->domain && bus == search->bus) {
        snprintf(search->name, SYSFS_SLOT_NAME_SIZE, "%s", name);
    }
}

/* The slot whose address lies on the bus below a port */
static int slot_below(const Tool *tool, const char *argument, char *name)
{
    char port[BDF_SIZE];
    Search search = { .name = name };
    int status = tool_function(tool, argument, port);
    int bus;

    if (status != EXIT_OK) {
        return status;
    }
    bus = sysfs_number_read(tool->root, port, "secondary_bus_number");
    if (bus < 0) {
        return tool_stop(tool, EXIT_ENVIRONMENT, "%s: not a bridge", port);
    }
    search.domain = (unsigned)strtoul(port, NULL, 16);
    search.bus = (unsigned)bus;
    name[0] = '\0';
    sysfs_slots_visit(tool->root, slot_match, &search);
    return name[0] != '\0'
               ? EXIT_OK
               : tool_stop(tool, EXIT_ENVIRONMENT, "%s: no hotplug slot below it", port);
}

static int slot_find(const Tool *tool, const char *argument, Slot *slot)
{
    char path[PATH_MAX];
    int status = EXIT_OK;

    snprintf(slot->name, sizeof(slot->name), "%s", argument);
    tool_path(tool, path, "slots/%s/address", slot->name);
    if (access(path, F_OK) != 0) {
        status = strchr(argument, ':') != NULL
                     ? slot_below(tool, argument, slot->name)
                     : tool_stop(tool, EXIT_ENVIRONMENT, "%s: no such slot", argument);
        tool_path(tool, path, "slots/%s/address", slot->name);
    }
    if (status == EXIT_OK) {
        tool_read(path, slot->address, sizeof(slot->address));
    }
    return status;
}

static bool is_occupied(const Tool *tool, const Slot *slot)
{
    char pattern[PATH_MAX];
    glob_t found;
    bool occupied;

    tool_path(tool, pattern, "devices/%s.*", slot->address);
    occupied = glob(pattern, 0, NULL, &found) == 0;
    globfree(&found);
    return occupied;
}

static int power_write(const Switch *what, const Slot *slot)
{
    const char *value = what->on ? "1" : "0";
    char path[PATH_MAX];
    char now[POWER_SIZE];
    int result;

    tool_path(what->tool, path, "slots/%s/power", slot->name);
    if (access(path, W_OK) != 0) {
        return tool_stop(what->tool, EXIT_ENVIRONMENT, "slot %s: no power control (not root?)",
                         slot->name);
    }
    tool_read(path, now, sizeof(now));
    result = strcmp(now, value) == 0 ? 0 : tool_write(path, value);
    return result == 0 ? EXIT_OK
                       : tool_stop(what->tool, EXIT_FAILED, "slot %s: power %s: %s", slot->name,
                                   state_name(what), strerror(-result));
}

/* pciehp answers a write when it is done; who else serves the slot may take longer */
static int slot_switch(const Switch *what, const Slot *slot)
{
    uint64_t deadline_ns;
    int status = power_write(what, slot);

    if (status != EXIT_OK) {
        return status;
    }
    deadline_ns = tool_deadline_ns(what->timeout_s);
    while (is_occupied(what->tool, slot) != what->on) {
        if (!tool_pause(deadline_ns)) {
            return tool_stop(what->tool, EXIT_DEADLINE,
                             "slot %s: functions at %s still not %s after %u s", slot->name,
                             slot->address, state_name(what), what->timeout_s);
        }
    }
    fprintf(what->tool->out, "slot %s (%s) %s\n", slot->name, slot->address, state_name(what));
    return EXIT_OK;
}

static int child_end(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return EXIT_ENVIRONMENT;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_ENVIRONMENT;
}

/* At the same time, since the kernel waits a second for each whose power it has switched off */
static int slots_switch(const Switch *what)
{
    pid_t children[SLOTS_MAX];
    int status = EXIT_OK;

    fflush(what->tool->out);
    for (int i = 0; i < what->count; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            int ended = slot_switch(what, &what->slots[i]);

            fflush(what->tool->out);
            _exit(ended);
        }
    }
    for (int i = 0; i < what->count; i++) {
        int ended = children[i] < 0 ? EXIT_ENVIRONMENT : child_end(children[i]);

        status = status == EXIT_OK ? ended : status;
    }
    return status;
}

int tool_slot_power(const Tool *tool, int argc, char **argv)
{
    Switch what = { .tool = tool, .timeout_s = TIMEOUT_S };
    int taken = tool_timeout(argc, argv, &what.timeout_s);

    if (taken < 0 || argc - taken < 2 || argc - taken - 1 > SLOTS_MAX) {
        return TOOL_MISUSED;
    }
    what.on = strcmp(argv[argc - 1], "on") == 0;
    if (!what.on && strcmp(argv[argc - 1], "off") != 0) {
        return TOOL_MISUSED;
    }
    for (; taken < argc - 1; taken++) {
        int status = slot_find(tool, argv[taken], &what.slots[what.count++]);

        if (status != EXIT_OK) {
            return status;
        }
    }
    return what.count == 1 ? slot_switch(&what, &what.slots[0]) : slots_switch(&what);
}
