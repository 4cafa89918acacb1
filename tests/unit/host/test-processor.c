/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firmware, processor and kernel arguments of the machine: the file and the command line. */
#include "machine.h"
#include "made-up.h"

static const MachineParts parts = {
    .qemu = "qemu",
    .device = "/device.so",
    .kernel = "/boot/vmlinux-6.1",
    .firmware = "/cache/OVMF.fd",
    .initrd = "/initrd",
    .accel = "tcg",
    .console = "/console.log",
    .qmp = "fd=3",
    .link = "fd=4",
    .append = "last=1",
};

static char *with_machine(const char *keys)
{
    return g_strdup_printf("[scenario]\ntitle = t\noutcome = settled\n"
                           "[machine]\n%s\n"
                           "[port p1]\n"
                           "[function new]\nport = p1\nplugged = later\n"
                           "[step 1]\nhot-add = new\n",
                           keys);
}

/* The value behind an option, (nullable) */
static const char *value_of(char *const *command, const char *option)
{
    for (guint i = 0; command[i] != NULL && command[i + 1] != NULL; i++) {
        if (g_str_equal(command[i], option)) {
            return command[i + 1];
        }
    }
    return NULL;
}

static void test_options(void)
{
    static const struct {
        const char *keys, *option, *value; /* value: NULL: the option is not there */
    } rows[] = {
        { "", "-cpu", "qemu64,phys-bits=46,cx16=off" },
        { "", "-bios", NULL },
        { "", "-fw_cfg", NULL },
        { "", "-kernel", "/boot/vmlinux-6.1" },
        { "phys-bits = 39", "-cpu", "qemu64,phys-bits=39,cx16=off" },
        { "cpu = max,la57=on", "-cpu", "max,la57=on" },
        { "firmware = seabios", "-bios", NULL },
        { "firmware = ovmf", "-bios", "/cache/OVMF.fd" },
        { "firmware = ovmf", "-fw_cfg", NULL },
        { "firmware = ovmf", "-kernel", "/boot/vmlinuz-6.1" },
        { "firmware = ovmf\naperture = 64G", "-fw_cfg",
          "name=opt/ovmf/X-PciMmio64Mb,string=65536" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = with_machine(rows[i].keys);
        g_autoptr(Scenario) scenario = made_up_scenario(text);
        g_auto(GStrv) command = machine_command(scenario, &parts);

        g_test_message("%s: %s", rows[i].keys, rows[i].option);
        g_assert_cmpstr(value_of(command, rows[i].option), ==, rows[i].value);
    }
}

/* Whoever calls has the last word: the kernel takes the last of two arguments. */
static void test_kernel_arguments_of_the_caller_come_last(void)
{
    g_autofree char *text = with_machine("append = pci=realloc quiet");
    g_autoptr(Scenario) scenario = made_up_scenario(text);
    g_auto(GStrv) command = machine_command(scenario, &parts);

    g_assert_true(g_str_has_suffix(value_of(command, "-append"), " pci=realloc quiet last=1"));
}

static void test_names_what_is_wrong(void)
{
    static const struct {
        const char *keys, *message;
    } rows[] = {
        { "firmware = bios",
          "made-up.ini:5: [machine] firmware: 'bios' is not one of: seabios, ovmf" },
        { "aperture = 4G",
          "made-up.ini:5: [machine] aperture: only OVMF can be told; 'firmware = ovmf' is "
          "missing" },
        { "firmware = ovmf\naperture = 0",
          "made-up.ini:6: [machine] aperture: expected 1M to 16T, a multiple of 1M" },
        { "firmware = ovmf\naperture = 32T",
          "made-up.ini:6: [machine] aperture: expected 1M to 16T, a multiple of 1M" },
        { "phys-bits = 35", "made-up.ini:5: [machine] phys-bits: '35' is no number from 36 to "
          "52" },
        { "phys-bits = 53",
          "made-up.ini:5: [machine] phys-bits: '53' is no number from 36 to 52" },
        { "cpu = max\nphys-bits = 40",
          "made-up.ini:6: [machine] phys-bits: 'cpu' stands here too; remove the key, and add "
          "',phys-bits=40' there" },
        { "cpu = max la57=on",
          "made-up.ini:5: [machine] cpu: expected a model, as 'qemu-system-x86_64 -cpu help' has "
          "it, and properties: MODEL,KEY=VALUE without spaces" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = with_machine(rows[i].keys);
        g_autofree char *message = made_up_failure(text);

        g_assert_cmpstr(message, ==, rows[i].message);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/processor/options", test_options);
    g_test_add_func("/processor/kernel-arguments-of-the-caller-come-last",
                    test_kernel_arguments_of_the_caller_come_last);
    g_test_add_func("/processor/names-what-is-wrong", test_names_what_is_wrong);
    return g_test_run();
}
