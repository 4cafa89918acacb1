/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine.h"

/*
 * qemu64 is what QEMU's TCG runs most steadily; without cx16=off guest kernels of the 6.12 series
 * panic in about one boot of eight around cmpxchg16b. 46 address bits leave room for 64-bit
 * windows of terabytes.
 */
#define MACHINE_CPU "qemu64,phys-bits=46,cx16=off"

/*
 * Only what shortens the boot and touches nothing that is tested: no self-tests of the crypto
 * layer, no patching for several processors on a machine that has one, no calibration of a timer
 * that nobody needs. panic=-1 together with -no-reboot ends QEMU as soon as the kernel panics.
 */
#define MACHINE_APPEND \
    "console=ttyS0 quiet panic=-1 cryptomgr.notests noreplace-smp nolapic_timer " \
    "barshift.link=ttyS1"

/*
 * Interrupts are remapped only where QEMU has the I/O APIC, which KVM would take (split); TCG does
 * not care. Only who is given to vfio is translated (iommu=pt), and the witnesses may look through
 * sysfs at what vfio has, too (iomem=relaxed).
 */
#define MACHINE_TYPE "q35,sata=off,smbus=off,usb=off,vmport=off,hpet=off"
#define MACHINE_IOMMU_TYPE MACHINE_TYPE ",kernel-irqchip=split"
#define MACHINE_IOMMU "intel-iommu,intremap=on,aw-bits=48"
#define MACHINE_IOMMU_APPEND " intel_iommu=on iommu=pt iomem=relaxed"

static void add(GStrvBuilder *command, const char *option, const char *value)
{
    g_strv_builder_add(command, option);
    g_strv_builder_add(command, value);
}

G_GNUC_PRINTF(3, 4)
static void addf(GStrvBuilder *command, const char *option, const char *format, ...)
{
    g_autofree char *value = NULL;
    va_list arguments;

    va_start(arguments, format);
    value = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    add(command, option, value);
}

/* QEMU reads a doubled comma in an option as one comma. */
static char *escape(const char *value)
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
    return needs;
}

char *machine_disk_file(const Function *function, const char *folder)
{
    g_autofree char *name = g_strconcat(function->name, ".disk", NULL);

    return folder == NULL ? g_steal_pointer(&name) : g_build_filename(folder, name, NULL);
}

static void add_kernel(GStrvBuilder *command, const Machine *machine, const MachineParts *parts)
{
    if (parts->kernel == NULL) {
        g_strv_builder_add(command, "-S");
        return;
    }
    add(command, "-kernel", parts->kernel);
    add(command, "-initrd", parts->initrd);
    addf(command, "-append", "%s%s%s%s", MACHINE_APPEND,
         machine->iommu ? MACHINE_IOMMU_APPEND : "", parts->append == NULL ? "" : " ",
         parts->append == NULL ? "" : parts->append);
}

static void add_base(GStrvBuilder *command, const Machine *machine, const MachineParts *parts)
{
    g_strv_builder_add(command, parts->qemu);
    add(command, "-machine", machine->iommu ? MACHINE_IOMMU_TYPE : MACHINE_TYPE);
    add(command, "-accel", parts->accel);
    add(command, "-cpu", MACHINE_CPU);
    addf(command, "-m", "%" G_GUINT64_FORMAT "M", machine->memory_bytes >> 20);
    g_strv_builder_add(command, "-nodefaults");
    g_strv_builder_add(command, "-no-user-config");
    g_strv_builder_add(command, "-no-reboot");
    add(command, "-display", "none");
    addf(command, "-global", "q35-pcihost.pci-hole64-size=%" G_GUINT64_FORMAT,
         machine->hole64_bytes);
    addf(command, "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=%s",
         machine->hotplug == HOTPLUG_ACPI ? "on" : "off");
    add_kernel(command, machine, parts);
    if (machine->iommu) { /* before all devices whose DMA it is to translate */
        add(command, "-device", MACHINE_IOMMU);
    }
}

static void add_channels(GStrvBuilder *command, const MachineParts *parts)
{
    g_autofree char *console = escape(parts->console);

    addf(command, "-chardev", "file,id=console,path=%s", console);
    add(command, "-serial", "chardev:console");
    addf(command, "-chardev", "socket,id=link,%s", parts->link);
    add(command, "-serial", "chardev:link");
    addf(command, "-chardev", "socket,id=qmp,%s", parts->qmp);
    add(command, "-mon", "chardev=qmp,mode=control");
}

static void add_port(GStrvBuilder *command, const Port *port)
{
    g_autofree char *reserve = NULL;

    switch (port->kind) {
    case PORT_ROOT:
        reserve = port->pref64_reserve_bytes == 0
                      ? g_strdup("")
                      : g_strdup_printf(",pref64-reserve=%" G_GUINT64_FORMAT,
                                        port->pref64_reserve_bytes);
        addf(command, "-device", "pcie-root-port,id=%s,bus=pcie.0,addr=%#x,chassis=%u,slot=%u%s",
             port->name, port->number, port->number, port->number, reserve);
        break;
    case PORT_UPSTREAM:
        addf(command, "-device", "x3130-upstream,id=%s,bus=%s", port->name, port->parent->name);
        break;
    case PORT_DOWNSTREAM:
        addf(command, "-device", "xio3130-downstream,id=%s,bus=%s,chassis=%u,slot=%u", port->name,
             port->parent->name, port->number, port->number);
        break;
    }
}

static void append_property(GString *option, const char *name, const char *value)
{
    g_autofree char *escaped = escape(value);

    g_string_append_printf(option, ",%s=%s", name, escaped);
}

static void append_layout(GString *option, const Layout *layout)
{
    for (guint i = 0; i < layout->properties->len; i++) {
        const LayoutProperty *property = g_ptr_array_index(layout->properties, i);

        append_property(option, property->key->name, property->value);
    }
}

char *machine_layout_option(const Layout *layout)
{
    GString *option = g_string_new("barshift");

    append_layout(option, layout);
    return g_string_free(option, FALSE);
}

/* There from the start even for a controller that comes later: a disk outlives its controller. */
static void add_disk(GStrvBuilder *command, const Function *function, const char *folder)
{
    g_autofree char *file = machine_disk_file(function, folder);
    g_autofree char *escaped = escape(file);

    addf(command, "-blockdev", "driver=file,node-name=%s-disk,filename=%s,cache.no-flush=on",
         function->name, escaped);
}

static void add_nvme(GStrvBuilder *command, const Function *function)
{
    g_autofree char *address = function->number != 0 || function->multifunction
                                   ? g_strdup_printf(",addr=0.%u%s", function->number,
                                                     function->multifunction ? ",multifunction=on"
                                                                             : "")
                                   : g_strdup("");

    addf(command, "-device", "nvme,id=%s,bus=%s,serial=%s,drive=%s-disk%s", function->name,
         function->port->name, function->name, function->name, address);
}

static void add_function(GStrvBuilder *command, const Function *function)
{
    GString *value;

    if (function->device == DEVICE_NVME) {
        add_nvme(command, function);
        return;
    }
    value = g_string_new(NULL);
    g_string_printf(value, "barshift,id=%s,bus=%s,tag=%u", function->name, function->port->name,
                    function->tag);
    if (function->number != 0 || function->multifunction) {
        g_string_append_printf(value, ",addr=0.%u", function->number);
    }
    if (function->multifunction) {
        g_string_append(value, ",multifunction=on");
    }
    if (function->layout != NULL) {
        append_layout(value, function->layout);
    } else {
        g_string_append_printf(value, ",size=%" G_GUINT64_FORMAT, function->size_bytes);
    }
    if (function->rebar != NULL) {
        append_property(value, "rebar", function->rebar);
    }
    if (function->fault != NULL) {
        append_property(value, "fault", function->fault);
    }
    add(command, "-device", value->str);
    g_string_free(value, TRUE);
}

char **machine_command(const Scenario *scenario, const MachineParts *parts)
{
    g_autoptr(GStrvBuilder) command = g_strv_builder_new();

    add_base(command, &scenario->machine, parts);
    add_channels(command, parts);
    for (guint i = 0; i < scenario->ports->len; i++) {
        add_port(command, g_ptr_array_index(scenario->ports, i));
    }
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->device == DEVICE_NVME) {
            add_disk(command, function, parts->disks);
        }
        if (function->at_boot) {
            add_function(command, function);
        }
    }
    return g_strv_builder_end(command);
}

/* As the types that they have: later versions of QEMU take no text for a number. */
static void set_layout_members(JsonObject *arguments, const Layout *layout)
{
    for (guint i = 0; i < layout->properties->len; i++) {
        const LayoutProperty *property = g_ptr_array_index(layout->properties, i);
        const char *name = property->key->name;

        switch (property->key->type) {
        case LAYOUT_TEXT:
            json_object_set_string_member(arguments, name, property->value);
            break;
        case LAYOUT_NUMBER:
        case LAYOUT_SIZE:
            json_object_set_int_member(arguments, name, (gint64)property->number);
            break;
        case LAYOUT_SWITCH:
            json_object_set_boolean_member(arguments, name, property->on);
            break;
        }
    }
}

static void set_nvme_members(JsonObject *arguments, const Function *function)
{
    g_autofree char *disk = g_strconcat(function->name, "-disk", NULL);

    json_object_set_string_member(arguments, "driver", "nvme");
    json_object_set_string_member(arguments, "serial", function->name);
    json_object_set_string_member(arguments, "drive", disk);
}

JsonObject *machine_device_add(const Function *function)
{
    JsonObject *arguments = json_object_new();
    g_autofree char *size = NULL;
    g_autofree char *address = NULL;

    json_object_set_string_member(arguments, "id", function->name);
    json_object_set_string_member(arguments, "bus", function->port->name);
    if (function->number != 0 || function->multifunction) {
        address = g_strdup_printf("0.%u", function->number);
        json_object_set_string_member(arguments, "addr", address);
    }
    if (function->multifunction) {
        json_object_set_boolean_member(arguments, "multifunction", TRUE);
    }
    if (function->device == DEVICE_NVME) {
        set_nvme_members(arguments, function);
        return arguments;
    }
    json_object_set_string_member(arguments, "driver", "barshift");
    json_object_set_int_member(arguments, "tag", function->tag);
    if (function->layout != NULL) {
        set_layout_members(arguments, function->layout);
    } else {
        size = g_strdup_printf("%" G_GUINT64_FORMAT, function->size_bytes);
        json_object_set_string_member(arguments, "size", size);
    }
    if (function->rebar != NULL) {
        json_object_set_string_member(arguments, "rebar", function->rebar);
    }
    if (function->fault != NULL) {
        json_object_set_string_member(arguments, "fault", function->fault);
    }
    return arguments;
}

static void append_disks(GString *text, const Scenario *scenario)
{
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->device == DEVICE_NVME) {
            g_autofree char *file = machine_disk_file(function, NULL);

            g_string_append_printf(text, "truncate -s %" G_GUINT64_FORMAT " %s\n",
                                   function->size_bytes, file);
        }
    }
}

char *machine_command_text(const Scenario *scenario, const MachineParts *parts)
{
    MachineParts typed = *parts;
    g_auto(GStrv) command = NULL;
    GString *text = g_string_new(NULL);
    g_autofree char *device = g_shell_quote(parts->device);

    if (parts->modules != NULL && machine_needs_modules(scenario)) {
        g_autofree char *initrd = g_shell_quote(parts->initrd);
        g_autofree char *modules = g_shell_quote(parts->modules);

        g_string_append_printf(text, "cat %s %s >initrd.cpio\n", initrd, modules);
        typed.initrd = "initrd.cpio";
    }
    typed.disks = NULL;
    append_disks(text, scenario);
    typed.console = "console.log";
    typed.qmp = "path=qmp.sock,server=on,wait=off";
    typed.link = "path=link.sock,server=on,wait=off";
    command = machine_command(scenario, &typed);
    g_string_append_printf(text, "LD_PRELOAD=%s", device);
    for (guint i = 0; command[i] != NULL; i++) {
        gsize length = strlen(command[i]);
        gboolean plain = length != 0 && strspn(command[i], G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS
                                               "-_./,=:+") == length;
        g_autofree char *word = plain ? g_strdup(command[i]) : g_shell_quote(command[i]);

        g_string_append(text, command[i][0] == '-' ? " \\\n    " : " ");
        g_string_append(text, word);
    }
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}
