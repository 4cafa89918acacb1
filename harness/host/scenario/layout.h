/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A layout: BARs, identity and interrupts of a function, as docs/layouts.md describes the file.
 *
 * Its keys are properties of the device, and the grammar of their values stands in the device
 * alone. What is known here is which properties make up a layout and of which type they are, for
 * QMP asks for numbers as numbers; whether a value makes a legal function is asked of the device
 * (layout-probe.h).
 */
#ifndef BARSHIFT_HOST_LAYOUT_H
#define BARSHIFT_HOST_LAYOUT_H

#include "key-file.h"

typedef enum LayoutType {
    LAYOUT_TEXT,
    LAYOUT_NUMBER, /* decimal, or hexadecimal with 0x */
    LAYOUT_SIZE,   /* in bytes, or such as 64K */
    LAYOUT_SWITCH, /* on or off */
} LayoutType;

/* A property of the device that belongs to a layout. */
typedef struct LayoutKey {
    const char *name;
    LayoutType type;
} LayoutKey;

/* All of them, ending with a name of NULL */
extern const LayoutKey layout_keys[];

typedef struct LayoutProperty {
    const LayoutKey *key;
    char *value;    /* as the file has it */
    guint64 number; /* LAYOUT_NUMBER, LAYOUT_SIZE: in bytes */
    gboolean on;    /* LAYOUT_SWITCH */
} LayoutProperty;

typedef struct Layout {
    char *name; /* file name without folder and .ini */
    char *path;
    char *title;
    char *description;     /* the comment at the top of the file; "" when there is none */
    GPtrArray *properties; /* (element-type LayoutProperty), in the order of the file */
    KeyFile *file;
} Layout;

/**
 * layout_load() - read a layout file
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_USAGE and a message that begins with file and
 * line.
 */
Layout *layout_load(const char *path, GError **error);

void layout_free(Layout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Layout, layout_free)

/**
 * layout_pref64_bytes() - what its 64-bit prefetchable BARs need together
 *
 * Read from the front of the values; what is no size there counts for nothing.
 */
guint64 layout_pref64_bytes(const Layout *layout);

/**
 * layout_blame() - turn what the device says against a layout into an error
 * @refusal: the device's words; the line of the property that they name first is blamed
 *
 * Returns: FALSE with RUNNER_ERROR_USAGE, so that callers can return it.
 */
gboolean layout_blame(const Layout *layout, const char *refusal, GError **error);

#endif
