/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function asks for and what it has: requirement lists and assigned lists.
 *
 * A requirement list is a row of groups. A group begins with an item without the alternative
 * bit; the items with it that follow are what may be given in its place. Inside a group the
 * preferred items come first. So one list describes every configuration the function accepts.
 */
#ifndef BARSHIFT_REQUIREMENT_H
#define BARSHIFT_REQUIREMENT_H

#include <stdio.h>

#include "topology.h"

#define REQUIREMENTS_MAX 64
#define ASSIGNED_MAX 16

typedef enum ResourceType {
    RESOURCE_IO,
    RESOURCE_MEMORY,
    RESOURCE_INTERRUPT, /* counted: messages, or one line */
    RESOURCE_BUS,       /* counted: bus numbers */
} ResourceType;

/** Bits of an option, by the values of IO_RESOURCE_DESCRIPTOR */
#define REQUIREMENT_REQUIRED 0x00u
#define REQUIREMENT_PREFERRED 0x01u
#define REQUIREMENT_ALTERNATIVE 0x08u

/** struct Requirement - one item: what would do */
typedef struct Requirement {
    ResourceType type;
    bool prefetchable;
    unsigned option;
    int bar_nr; /* -1: none, for what is counted */
    uint64_t length; /* bytes, or a count */
    uint64_t alignment; /* bytes; 1 for what is counted */
    uint64_t min; /* first and last address that are allowed */
    uint64_t max;
} Requirement;

typedef struct RequirementList {
    Requirement items[REQUIREMENTS_MAX];
    size_t count;
} RequirementList;

/**
 * struct Assigned - one item of what a function has
 * @raw: as programmed into the function; for what is counted [0, count - 1]
 * @translated: as the CPU uses it; where the host bridge translates nothing, the same
 */
typedef struct Assigned {
    ResourceType type;
    bool prefetchable;
    int bar_nr;
    Range raw;
    Range translated;
} Assigned;

typedef struct AssignedList {
    Assigned items[ASSIGNED_MAX];
    size_t count;
} AssignedList;

/** requirement_memory(), requirement_io() - a required item, naturally aligned */
Requirement requirement_memory(int bar_nr, uint64_t length, bool wide, bool prefetchable);
Requirement requirement_io(int bar_nr, uint64_t length);

/**
 * requirement_add() - append an item
 *
 * Return: 0; -E2BIG when the list is full; -EINVAL for an alternative without anything before it,
 * an alignment or a memory length that is no power of two, or a max below min + length - 1.
 */
int requirement_add(RequirementList *list, Requirement item);

/**
 * requirements_read() - what a function or bridge of a topology asks for
 *
 * BARs in their order, each with its present size; a resizable one offers its next smaller sizes
 * as alternatives. Then interrupt messages, with one line as the alternative, when it has MSI-X.
 * Then the bus numbers of a bridge. A BAR whose size nobody knows is left out.
 */
void requirements_read(const Topology *topology, const Function *function, RequirementList *list);

/** assigned_read() - what it has, in the same order; what has no address is left out */
void assigned_read(const Topology *topology, const Function *function, AssignedList *list);

/**
 * requirements_choose() - one configuration of those that a list describes
 * @number: 0 is the one with every preferred item; the last group changes first
 * @chosen: (out) REQUIREMENTS_MAX elements, an item a group
 *
 * Return: the number of groups, or -ENOENT when there are not so many configurations.
 */
int requirements_choose(const RequirementList *list, size_t number, Requirement *chosen);

/** bar_assigned_range() - where a BAR is: the kernel's view, without one the registers' */
Range bar_assigned_range(const Topology *topology, const Function *function, const Bar *bar);

/** topology_has_kernel_view() - was it read from a running system? */
bool topology_has_kernel_view(const Topology *topology);

/** resource_type_name() - as in every output */
const char *resource_type_name(ResourceType type);

/** resources_print() - both lists of every function and bridge */
void resources_print(const Topology *topology, FILE *file);

#endif
