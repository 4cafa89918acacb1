/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine as the arbiter sees it: windows of host bridges, bridges with their windows,
 * functions with their BARs. Made from a Topology, or by hand.
 *
 * Everything is named by its index. A parent is added before what is below it, so a parent's
 * index is lower. -1 as a parent is a root bus. Several of them differ by their number, and have
 * windows of their own.
 */
#ifndef BARSHIFT_TREE_H
#define BARSHIFT_TREE_H

#include "requirement.h"

#define TREE_WHY_SIZE 160
#define TREE_ROOT (-1)
#define TREE_ANY_BUS (-1)

/* Granularity of a bridge's registers, PCI-to-PCI Bridge 1.2 sec 3.2.5.6 and 3.2.5.8 */
#define TREE_MEMORY_STEP UINT64_C(0x100000)
#define TREE_IO_STEP UINT64_C(0x1000)

/** struct TreeWindow - addresses that a host bridge passes on */
typedef struct TreeWindow {
    bool io;
    int root; /* number of the root bus; TREE_ANY_BUS: all of them */
    Range range;
} TreeWindow;

typedef struct TreeBridge {
    char bdf[BDF_SIZE];
    int parent;
    int root; /* number of the root bus above */
    bool hotplug;
    unsigned buses; /* bus numbers below it */
    Range windows[WINDOW_KINDS]; /* empty: closed */
} TreeBridge;

typedef struct TreeFunction {
    char bdf[BDF_SIZE];
    int parent;
    int root;       /* number of the root bus above */
    int bridge;     /* it is this bridge's own function; -1: it is no bridge */
    bool working;   /* somebody uses it, so stopping it counts */
    bool stoppable; /* false: it can neither be stopped nor moved */
    bool movable;   /* false: its addresses stay, even when it is stopped */
} TreeFunction;

/** struct TreeBar - one address resource, which lies in a window of its kind of the bridge above */
typedef struct TreeBar {
    int function;
    WindowKind kind;
    Requirement wanted;
    Range now; /* empty: it has none, and asks for one */
} TreeBar;

typedef struct Tree {
    int root; /* the root bus above those who ask: only its windows are room for them */
    TreeWindow *windows;
    size_t window_count;
    TreeBridge *bridges;
    size_t bridge_count;
    TreeFunction *functions;
    size_t function_count;
    TreeBar *bars;
    size_t bar_count;
} Tree;

/**
 * tree_add_window(), tree_add_bridge(), tree_add_function(), tree_add_bar() - build by hand
 *
 * A new window leads to all root buses, and the root bus has number 0. A new bridge has closed
 * windows and takes one bus number; a new function is working, stoppable and movable. The kind of a
 * BAR is the window it lies in; without an address, or on the root bus, the one it would go to.
 *
 * Return: the index, or -ENOMEM.
 */
int tree_add_window(Tree *tree, bool io, Range range);
int tree_add_bridge(Tree *tree, const char *bdf, int parent);
int tree_add_function(Tree *tree, const char *bdf, int parent);
int tree_add_bar(Tree *tree, int function, Requirement wanted, Range now);

void tree_free(Tree *tree);

/**
 * tree_read() - make the tree of a topology
 * @tree: (out) freed by the caller with tree_free(), whatever the result
 *
 * Functions and bridges keep their indices. A function is working when tree_function_works() says
 * so. Host and ISA bridges and VGA controllers can be neither stopped nor moved.
 *
 * Return: 0 or -ENOMEM.
 */
int tree_read(Tree *tree, const Topology *topology);

/**
 * tree_check() - can it be planned with: is everything inside its window, and alone there?
 * @why: (out) TREE_WHY_SIZE bytes, set when not
 *
 * Return: 0, -EINVAL when not, -ENOMEM.
 */
int tree_check(const Tree *tree, char *why);

/** tree_root_number() - of a root bus, by its domain and bus number */
int tree_root_number(int domain, int bus);

/** tree_add_host_window() - the same as tree_add_window(), with the root bus that it leads to */
int tree_add_host_window(Tree *tree, const HostWindow *window);

/** tree_window_serves() - does a host bridge window lead to a root bus? */
bool tree_window_serves(const TreeWindow *window, int root);

/** tree_window_range() - where a bridge's window is; empty: closed */
Range tree_window_range(const Topology *topology, const Window *window);

/** tree_function_works() - does it decode, and has nobody noted it as stopped? Bridges do not. */
bool tree_function_works(const Function *function);

/** tree_find_bridge(), tree_find_function() - by name; -1 when there is none */
int tree_find_bridge(const Tree *tree, const char *bdf);
int tree_find_function(const Tree *tree, const char *bdf);

/** tree_is_below() - is @bridge the bridge @ancestor or somewhere below it? All are below root. */
bool tree_is_below(const Tree *tree, int bridge, int ancestor);

/** tree_window_step() - granularity of windows of a kind */
uint64_t tree_window_step(WindowKind kind);

/** requirement_window_kind() - the window of bridges that a BAR goes to */
WindowKind requirement_window_kind(const Requirement *wanted);

#endif
