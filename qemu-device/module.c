/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the device gets into a QEMU that does not know it.
 *
 * The library is preloaded, so its constructor runs before those of the binary, and its init
 * function becomes the first that QEMU calls for QOM types. At that time no other type exists.
 * The init function appends a second one, which QEMU therefore calls last; it checks the ABI
 * against the types that are there by then, and only then makes the device known.
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "abi.h"
#include "barshift.h"
#include "preload.h"
#include "upstream_port.h"

/* A null pointer in a program that is not QEMU */
#pragma weak register_module_init

static void module_check_and_register(void)
{
    Error *err = NULL;

    if (!abi_check(&err)) {
        fprintf(stderr, "barshift: %s: build the device again for this QEMU\n",
                error_get_pretty(err));
        exit(EXIT_FAILURE);
    }
    barshift_register_type();
    if (object_class_by_name(TYPE_UPSTREAM_PORT)) {
        upstream_port_register_type();
    }
}

static void module_append(void)
{
    register_module_init(module_check_and_register, MODULE_INIT_QOM);
}

static void __attribute__((constructor)) module_load_device(void)
{
    /* In a program that starts QEMU the library has nothing to do yet */
    if (register_module_init) {
        preload_forget();
        register_module_init(module_append, MODULE_INIT_QOM);
    }
}
