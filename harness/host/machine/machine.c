/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine-parts.h"

#include <string.h>

/*
 * qemu64 is what QEMU's TCG runs most steadily; without cx16=off guest kernels of the 6.12 series
 * panic in about one boot of eight around cmpxchg16b. 46 address bits leave room for 64-bit
 * windows of terabytes.
 */
#define MACHINE_CPU "qemu64,phys-bits=%u,cx16=off"
#define MACHINE_PHYS_BITS 46

/*
 * Only what shortens the boot and touches nothing that is tested: no self-tests of the crypto
 * layer, no patching for several processors on a machine that has one, no calibration of a timer
 * that nobody needs. panic=-1 together with -no-reboot ends QEMU as soon as the kernel panics.
 */
#define MACHINE_APPEND \
    "console=ttyS0 quiet panic=-1 cryptomgr.notests noreplace-smp nolapic_timer " \
    "no_timer_check " \
    "barshift.link=ttyS1"

/*
 * Interrupts are remapped only where QEMU has the I/O APIC, which KVM would take (split); TCG does
 * not care. Only who is given to vfio is translated (iommu=pt), and the witnesses may look through
 * sysfs at what vfio has, too (iomem=relaxed).
 */
#define MACHINE_TYPE "q35,sata=%s,smbus=off,usb=off,vmport=off,hpet=off%s%s"
#define MACHINE_IOMMU_TYPE ",kernel-irqchip=split"
#define MACHINE_IOMMU "intel-iommu,intremap=on,aw-bits=48"
#define MACHINE_IOMMU_APPEND " intel_iommu=on iommu=pt iomem=relaxed"

void machine_add(GStrvBuilder *command, const char *option, const char *value)
{
    g_strv_builder_add(command, option);
    g_strv_builder_add(command, value);
}

void machine_addf(GStrvBuilder *command, const char *option, const char *format, ...)
{
    g_autofree char *value = NULL;
    va_list arguments;

    va_start(arguments, format);
    value = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    machine_add(command, option, value);
}

char *machine_escape(const char *value)
{
    g_auto(GStrv) pieces = g_strsplit(value, ",", -1);

    return g_strjoinv(",,", pieces);
}

gboolean machine_needs_modules(const Scenario *scenario)
{
    gboolean needs = scenario->machine.iommu;

    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        needs = needs || function->device == DEVICE_NVME;
    }
    for (guint i = 0; i < scenario->steps->len; i++) {
        needs = needs || ((const Step *)g_ptr_array_index(scenario->steps, i))->binds;
    }
    return needs;
}

char *machine_disk_file(const Function *function, const char *folder)
{
    g_autofree char *name = g_strconcat(function->name, ".disk", NULL);

    return folder == NULL ? g_steal_pointer(&name) : g_build_filename(folder, name, NULL);
}

/* OVMF starts what is a program of EFI: the image, and not the kernel that is packed into it. */
static char *machine_kernel(const Machine *machine, const char *kernel)
{
    g_autofree char *folder = g_path_get_dirname(kernel);
    g_autofree char *base = g_path_get_basename(kernel);
    g_autofree char *image = NULL;

    if (machine->firmware != FIRMWARE_OVMF || !g_str_has_prefix(base, "vmlinux-")) {
        return g_strdup(kernel);
    }
    image = g_strconcat("vmlinuz-", base + strlen("vmlinux-"), NULL);
    return g_build_filename(folder, image, NULL);
}

static char *kernel_arguments(const Machine *machine, const char *further)
{
    GString *arguments = g_string_new(MACHINE_APPEND);
    const char *const more[] = { machine->append, further };

    if (machine->iommu) {
        g_string_append(arguments, MACHINE_IOMMU_APPEND);
    }
    for (guint i = 0; i < G_N_ELEMENTS(more); i++) {
        if (more[i] != NULL) {
            g_string_append_printf(arguments, " %s", more[i]);
        }
    }
    return g_string_free(arguments, FALSE);
}

static void add_firmware(GStrvBuilder *command, const Machine *machine, const MachineParts *parts)
{
    if (machine->firmware == FIRMWARE_OVMF) {
        machine_add(command, "-bios", parts->firmware);
    }
    if (machine->aperture_bytes != 0) {
        machine_addf(command, "-fw_cfg",
                     "name=opt/ovmf/X-PciMmio64Mb,string=%" G_GUINT64_FORMAT,
                     machine->aperture_bytes >> 20);
    }
}

static void add_kernel(GStrvBuilder *command, const Machine *machine, const MachineParts *parts)
{
    g_autofree char *kernel = NULL;
    g_autofree char *arguments = NULL;

    if (parts->disk != NULL) {
        return;
    }
    if (parts->kernel == NULL) {
        g_strv_builder_add(command, "-S");
        return;
    }
    kernel = machine_kernel(machine, parts->kernel);
    arguments = kernel_arguments(machine, parts->append);
    machine_add(command, "-kernel", kernel);
    machine_add(command, "-initrd", parts->initrd);
    machine_add(command, "-append", arguments);
}

static void add_cpu(GStrvBuilder *command, const Machine *machine, const Disk *disk)
{
    guint phys_bits = machine->phys_bits == 0 ? MACHINE_PHYS_BITS : machine->phys_bits;

    if (machine->cpu != NULL) {
        machine_add(command, "-cpu", machine->cpu);
    } else if (disk == NULL || disk->cpu == NULL) {
        machine_addf(command, "-cpu", MACHINE_CPU, phys_bits);
    } else { /* of the same property twice the last one counts */
        machine_addf(command, "-cpu", "%s,phys-bits=%u", disk->cpu, phys_bits);
    }
}

static void add_type(GStrvBuilder *command, const Machine *machine, const MachineParts *parts)
{
    machine_addf(command, "-machine", MACHINE_TYPE,
                 parts->disk != NULL && parts->disk->bus == DISK_SATA ? "on" : "off",
                 machine->iommu ? MACHINE_IOMMU_TYPE : "",
                 parts->ram != NULL ? ",memory-backend=ram" : "");
}

static void add_ram(GStrvBuilder *command, const Machine *machine, const MachineParts *parts)
{
    guint64 memory_mib = machine->memory_bytes >> 20;

    if (parts->ram != NULL) {
        machine_addf(command, "-object",
                     "memory-backend-file,id=ram,mem-path=%s,size=%" G_GUINT64_FORMAT "M,share=%s",
                     parts->ram, memory_mib, parts->goes_on ? "off" : "on");
    }
    machine_addf(command, "-m", "%" G_GUINT64_FORMAT "M", memory_mib);
}

static void add_base(GStrvBuilder *command, const Machine *machine, const MachineParts *parts)
{
    g_strv_builder_add(command, parts->qemu);
    add_type(command, machine, parts);
    machine_add(command, "-accel", parts->accel);
    add_cpu(command, machine, parts->disk);
    add_ram(command, machine, parts);
    g_strv_builder_add(command, "-nodefaults");
    g_strv_builder_add(command, "-no-user-config");
    g_strv_builder_add(command, "-no-reboot");
    machine_add(command, "-display", "none");
    machine_addf(command, "-global", "q35-pcihost.pci-hole64-size=%" G_GUINT64_FORMAT,
                 machine->hole64_bytes);
    machine_addf(command, "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=%s",
                 machine->hotplug == HOTPLUG_ACPI ? "on" : "off");
    add_firmware(command, machine, parts);
    add_kernel(command, machine, parts);
    if (machine->iommu) { /* before all devices whose DMA it is to translate */
        machine_add(command, "-device", MACHINE_IOMMU);
    }
}

static void add_channels(GStrvBuilder *command, const MachineParts *parts)
{
    g_autofree char *console = machine_escape(parts->console);

    machine_addf(command, "-chardev", "file,id=console,path=%s%s", console,
                 parts->goes_on ? ",append=on" : "");
    machine_add(command, "-serial", "chardev:console");
    machine_addf(command, "-chardev", "socket,id=link,%s", parts->link);
    machine_add(command, "-serial", "chardev:link");
    machine_addf(command, "-chardev", "socket,id=qmp,%s", parts->qmp);
    machine_add(command, "-mon", "chardev=qmp,mode=control");
}

char **machine_command(const Scenario *scenario, const MachineParts *parts)
{
    g_autoptr(GStrvBuilder) command = g_strv_builder_new();

    add_base(command, &scenario->machine, parts);
    add_channels(command, parts);
    if (parts->goes_on) {
        machine_add(command, "-incoming", "defer");
        g_strv_builder_add(command, "-S");
    }
    for (guint i = 0; i < scenario->ports->len; i++) {
        machine_add_port(command, g_ptr_array_index(scenario->ports, i));
    }
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->device == DEVICE_NVME) {
            machine_add_disk(command, function, parts->disks);
        }
        if (function->at_boot) {
            g_autofree char *option = machine_function_option(function);

            machine_add(command, "-device", option);
        }
    }
    if (parts->disk != NULL) {
        machine_add_own_disk(command, parts->disk);
    }
    return g_strv_builder_end(command);
}
