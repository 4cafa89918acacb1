/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's accelerator "qtest", in a QEMU whose distribution leaves it out.
 *
 * With it the machine runs but has no CPU that executes, and virtual time stands still until the
 * qtest protocol moves it. Debian deletes the module that has it, while the protocol's server and
 * everything else it takes are in the binary. So the tests preload this beside the device.
 */

#include "qemu/osdep.h"
#include "qemu/accel.h"
#include "qemu/atomic.h"
#include "qemu/module.h"

#if __has_include("system/qtest.h")
#include "system/cpus.h"
#include "system/qtest.h"
#else
#include "sysemu/cpus.h"
#include "sysemu/qtest.h"
#endif

#if __has_include("accel/accel-cpu-ops.h")
#include "accel/accel-cpu-ops.h"
#include "accel/accel-ops.h"
#include "accel/dummy-cpus.h"
#elif __has_include("system/accel-ops.h")
#include "system/accel-ops.h"
#else
#include "sysemu/accel-ops.h"
#endif

#include "preload.h"
#include "qemu-compat.h"

/*
 * Null pointers in a program that is not QEMU; see weak_symbols.h. Functions whose address is
 * taken are data in this respect.
 */
#pragma weak dummy_start_vcpu_thread
#pragma weak qtest_allowed
#pragma weak qtest_get_virtual_clock
#pragma weak register_module_init

#if QEMU_AT_LEAST(10, 2)
static int accelerator_init_machine(AccelState *accelerator, MachineState *machine)
#else
static int accelerator_init_machine(MachineState *machine)
#endif
{
    return 0;
}

#if QEMU_AT_LEAST(9, 1)
/* The clock is the accelerator's; before, it was the server's */
static int64_t clock_ns;

static int64_t qtest_get_virtual_clock(void)
{
    return qatomic_read_i64(&clock_ns);
}

static void accelerator_set_clock(int64_t ns)
{
    qatomic_set_i64(&clock_ns, ns);
}
#endif

static void accelerator_class_init(ObjectClass *klass, ClassInitData *data)
{
    AccelClass *accelerator = ACCEL_CLASS(klass);

    accelerator->name = "QTest";
    accelerator->init_machine = accelerator_init_machine;
    accelerator->allowed = &qtest_allowed;
}

static void accelerator_ops_class_init(ObjectClass *klass, ClassInitData *data)
{
    AccelOpsClass *ops = ACCEL_OPS_CLASS(klass);

    ops->create_vcpu_thread = dummy_start_vcpu_thread;
    ops->get_virtual_clock = qtest_get_virtual_clock;
#if QEMU_AT_LEAST(9, 1)
    ops->set_virtual_clock = accelerator_set_clock;
#endif
#if QEMU_AT_LEAST(10, 1)
    ops->handle_interrupt = generic_handle_interrupt;
#endif
}

static const TypeInfo accelerator_types[] = {
    {
        .name = ACCEL_CLASS_NAME("qtest"),
        .parent = TYPE_ACCEL,
        .class_init = accelerator_class_init,
    },
    {
        .name = ACCEL_OPS_NAME("qtest"),
        .parent = TYPE_ACCEL_OPS,
        .abstract = true,
        .class_init = accelerator_ops_class_init,
    },
};

static void accelerator_register(void)
{
    type_register_static_array(accelerator_types, G_N_ELEMENTS(accelerator_types));
}

static void __attribute__((constructor)) accelerator_load(void)
{
    if (register_module_init) {
        preload_forget();
        register_module_init(accelerator_register, MODULE_INIT_QOM);
    }
}
