/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine.h"
#include "made-up.h"

#include <string.h>

static const MachineParts parts = {
    .qemu = "qemu-system-x86_64",
    .device = "/build/barshift-device.so",
    .kernel = "/boot/vmlinuz",
    .initrd = "/build/initramfs",
    .accel = "tcg",
    .console = "/tmp/run/console.log",
    .qmp = "fd=3",
    .link = "fd=4",
};

static const char all_kinds[] =
    "[scenario]\n"
    "title = t\n"
    "outcome = settled\n"
    "[machine]\n"
    "memory = 256M\n"
    "hole64 = 9G\n"
    "[port root]\n"
    "[port reserved]\n"
    "pref64-reserve = 4G\n"
    "[port up]\n"
    "kind = upstream\n"
    "parent = root\n"
    "[port down]\n"
    "kind = downstream\n"
    "parent = up\n"
    "[function fut]\n"
    "port = down\n"
    "rebar = 256M+2G-8G\n"
    "fault = old-answers+stuck-bit\n"
    "[function late]\n"
    "port = reserved\n"
    "size = 8G\n"
    "rebar = off\n"
    "fault = old-answers,stuck-bit\n"
    "plugged = later\n"
    "[step 1]\n"
    "hot-add = late\n";

static char **command_of(const char *text, const MachineParts *with)
{
    g_autoptr(Scenario) scenario = made_up_scenario(text);

    return machine_command(scenario, with);
}

/* How often @option stands before @value. */
static guint count(char *const *command, const char *option, const char *value)
{
    guint found = 0;

    for (guint i = 0; command[i] != NULL && command[i + 1] != NULL; i++) {
        found += g_str_equal(command[i], option) && g_str_equal(command[i + 1], value);
    }
    return found;
}

static void test_composes_each_piece_once(void)
{
    static const struct {
        const char *option, *value;
    } rows[] = {
        { "-accel", "tcg" },
        { "-cpu", "qemu64,phys-bits=46,cx16=off" },
        { "-m", "256M" },
        { "-kernel", "/boot/vmlinuz" },
        { "-initrd", "/build/initramfs" },
        { "-global", "q35-pcihost.pci-hole64-size=9663676416" },
        { "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off" },
        { "-chardev", "file,id=console,path=/tmp/run/console.log" },
        { "-chardev", "socket,id=qmp,fd=3" },
        { "-chardev", "socket,id=link,fd=4" },
        { "-device", "pcie-root-port,id=root,bus=pcie.0,addr=0x1,chassis=1,slot=1" },
        { "-device", "pcie-root-port,id=reserved,bus=pcie.0,addr=0x2,chassis=2,slot=2,"
                     "pref64-reserve=4294967296" },
        { "-device", "x3130-upstream,id=up,bus=root" },
        { "-device", "xio3130-downstream,id=down,bus=up,chassis=4,slot=4" },
        { "-device", "barshift,id=fut,bus=down,tag=1,size=2147483648,rebar=256M+2G-8G,"
                     "fault=old-answers+stuck-bit" },
    };
    g_auto(GStrv) command = command_of(all_kinds, &parts);

    g_assert_cmpstr(command[0], ==, parts.qemu);
    g_assert_true(g_strv_contains((const char *const *)command, "-no-reboot"));
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s %s", rows[i].option, rows[i].value);
        g_assert_cmpuint(count(command, rows[i].option, rows[i].value), ==, 1);
    }
}

static const char with_disks[] =
    "[scenario]\n"
    "title = t\n"
    "outcome = settled\n"
    "[port p1]\n"
    "[port p2]\n"
    "[function first]\n"
    "device = nvme\n"
    "port = p1\n"
    "[function second]\n"
    "device = nvme\n"
    "port = p2\n"
    "size = 1G\n"
    "plugged = later\n"
    "[step 1]\n"
    "hot-add = second\n";

/* The disk of a controller that comes later is there from the start: nobody could add it later. */
static void test_disks_of_all_controllers(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(with_disks);
    MachineParts with = parts;
    g_auto(GStrv) command = NULL;
    g_autofree char *text = machine_command_text(scenario, &parts);
    g_autoptr(JsonObject) added = machine_device_add(scenario_find_function(scenario, "second"));

    with.disks = "/run,1";
    command = machine_command(scenario, &with);
    g_assert_true(machine_needs_modules(scenario));
    g_assert_cmpuint(count(command, "-blockdev", "driver=file,node-name=first-disk,"
                           "filename=/run,,1/first.disk,cache.no-flush=on"), ==, 1);
    g_assert_cmpuint(count(command, "-blockdev", "driver=file,node-name=second-disk,"
                           "filename=/run,,1/second.disk,cache.no-flush=on"), ==, 1);
    g_assert_cmpuint(count(command, "-device",
                           "nvme,id=first,bus=p1,serial=first,drive=first-disk"), ==, 1);
    g_assert_cmpuint(json_object_get_size(added), ==, 5);
    g_assert_cmpstr(json_object_get_string_member(added, "driver"), ==, "nvme");
    g_assert_cmpstr(json_object_get_string_member(added, "drive"), ==, "second-disk");
    g_assert_true(g_str_has_prefix(text, "truncate -s 67108864 first.disk\n"
                                         "truncate -s 1073741824 second.disk\nLD_PRELOAD="));
}

static void test_leaves_later_functions_out(void)
{
    g_auto(GStrv) command = command_of(all_kinds, &parts);

    for (guint i = 0; command[i] != NULL; i++) {
        g_assert_null(strstr(command[i], "id=late"));
    }
}

static void test_acpi_hotplug(void)
{
    GString *text = g_string_new(all_kinds);
    g_auto(GStrv) command = NULL;

    g_string_replace(text, "hole64 = 9G\n", "hotplug = acpi\n", 1);
    command = command_of(text->str, &parts);
    g_assert_cmpuint(count(command, "-global",
                           "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=on"), ==, 1);
    g_assert_cmpuint(count(command, "-global", "q35-pcihost.pci-hole64-size=34359738368"), ==, 1);
    g_string_free(text, TRUE);
}

/* The serial lines in this order: the first is the console, the second the guest link. */
static void test_console_comes_before_the_link(void)
{
    g_auto(GStrv) command = command_of(all_kinds, &parts);
    GString *serials = g_string_new(NULL);

    for (guint i = 0; command[i] != NULL; i++) {
        if (g_str_equal(command[i], "-serial")) {
            g_string_append_printf(serials, "%s ", command[i + 1]);
        }
    }
    g_assert_cmpstr(serials->str, ==, "chardev:console chardev:link ");
    g_string_free(serials, TRUE);
}

/* First of all devices, for it translates only those that come after it. */
static void test_iommu_comes_before_the_devices(void)
{
    GString *text = g_string_new(all_kinds);
    g_auto(GStrv) command = NULL;
    const char *first = NULL;

    g_string_replace(text, "hole64 = 9G\n", "iommu = on\n", 1);
    command = command_of(text->str, &parts);
    for (guint i = 0; command[i + 1] != NULL; i++) {
        if (first == NULL && g_str_equal(command[i], "-device")) {
            first = command[i + 1];
        }
        if (g_str_equal(command[i], "-append")) {
            g_assert_nonnull(strstr(command[i + 1], " intel_iommu=on iommu=pt"));
        }
    }
    g_assert_cmpstr(first, ==, "intel-iommu,intremap=on,aw-bits=48");
    g_string_free(text, TRUE);
}

static void test_kernel_arguments_are_added(void)
{
    MachineParts with = parts;
    g_auto(GStrv) plain = command_of(all_kinds, &parts);
    g_auto(GStrv) command = NULL;
    g_autofree char *longer = NULL;

    for (guint i = 0; plain[i] != NULL; i++) {
        if (g_str_equal(plain[i], "-append")) {
            longer = g_strconcat(plain[i + 1], " pci=realloc quiet", NULL);
        }
    }
    g_assert_nonnull(strstr(longer, " barshift.link=ttyS1 "));
    g_assert_nonnull(strstr(longer, "panic=-1 "));
    with.append = "pci=realloc quiet";
    command = command_of(all_kinds, &with);
    g_assert_cmpuint(count(command, "-append", longer), ==, 1);
}

static void test_commas_in_paths_are_doubled(void)
{
    MachineParts with = parts;
    g_auto(GStrv) command = NULL;

    with.console = "/tmp/a,b/console.log";
    command = command_of(all_kinds, &with);
    g_assert_cmpuint(count(command, "-chardev", "file,id=console,path=/tmp/a,,b/console.log"), ==,
                     1);
}

/* An option of -device as QEMU reads it, for comparison with the arguments of device_add. */
static JsonObject *read_device_option(const char *value)
{
    JsonObject *object = json_object_new();
    GString *text = g_string_new(value);
    g_auto(GStrv) members = NULL;

    g_string_replace(text, ",,", "\n", 0);
    members = g_strsplit(text->str, ",", -1);
    json_object_set_string_member(object, "driver", members[0]);
    for (guint i = 1; members[i] != NULL; i++) {
        g_auto(GStrv) pair = g_strsplit(members[i], "=", 2);

        if (g_str_equal(pair[0], "tag")) {
            json_object_set_int_member(object, pair[0], g_ascii_strtoll(pair[1], NULL, 10));
        } else {
            json_object_set_string_member(object, pair[0], g_strdelimit(pair[1], "\n", ','));
        }
    }
    g_string_free(text, TRUE);
    return object;
}

static const char *device_option(char *const *command, const char *id)
{
    g_autofree char *piece = g_strdup_printf("barshift,id=%s,", id);

    for (guint i = 0; command[i] != NULL; i++) {
        if (g_str_has_prefix(command[i], piece)) {
            return command[i];
        }
    }
    return NULL;
}

/* Plugged at boot or later, a function is the same function. */
static void test_device_add_equals_device(void)
{
    static const char *const names[] = { "fut", "late" };
    GString *text = g_string_new(all_kinds);
    g_autoptr(Scenario) scenario = made_up_scenario(all_kinds);
    g_auto(GStrv) command = NULL;

    g_string_replace(text, "hole64 = 9G", "hole64 = 16G", 1);
    g_string_replace(text, "plugged = later\n", "", 1);
    g_string_replace(text, "hot-add = late", "resize = late 1G", 1);
    command = command_of(text->str, &parts);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const Function *function = scenario_find_function(scenario, names[i]);
        g_autoptr(JsonNode) added = json_node_new(JSON_NODE_OBJECT);
        g_autoptr(JsonNode) booted = json_node_new(JSON_NODE_OBJECT);

        json_node_take_object(added, machine_device_add(function));
        json_node_take_object(booted, read_device_option(device_option(command, names[i])));
        g_assert_cmpuint(json_object_get_size(json_node_get_object(added)), ==, 7);
        g_assert_true(json_node_equal(added, booted));
    }
    g_string_free(text, TRUE);
}

/* Function 0 says that there are others; who is alone says nothing. */
static void test_functions_of_a_device(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(
        "[scenario]\n"
        "title = t\n"
        "outcome = settled\n"
        "[port p1]\n"
        "[port p2]\n"
        "[function a]\n"
        "port = p1\n"
        "[function a-1]\n"
        "port = p1\n"
        "number = 1\n"
        "[function b]\n"
        "port = p2\n"
        "plugged = later\n"
        "[function b-2]\n"
        "port = p2\n"
        "number = 2\n"
        "plugged = later\n"
        "[step 1]\n"
        "hot-add = b\n");
    g_auto(GStrv) command = machine_command(scenario, &parts);
    g_autoptr(JsonObject) first = machine_device_add(scenario_find_function(scenario, "b"));
    g_autoptr(JsonObject) added = machine_device_add(scenario_find_function(scenario, "b-2"));

    g_assert_cmpuint(count(command, "-device", "barshift,id=a,bus=p1,tag=1,addr=0.0,"
                           "multifunction=on,size=2147483648"), ==, 1);
    g_assert_cmpuint(count(command, "-device", "barshift,id=a-1,bus=p1,tag=2,addr=0.1,"
                           "size=2147483648"), ==, 1);
    g_assert_cmpstr(json_object_get_string_member(first, "addr"), ==, "0.0");
    g_assert_true(json_object_get_boolean_member(first, "multifunction"));
    g_assert_cmpstr(json_object_get_string_member(added, "addr"), ==, "0.2");
    g_assert_false(json_object_has_member(added, "multifunction"));
}

static const char with_layout[] =
    "[scenario]\n"
    "title = t\n"
    "outcome = settled\n"
    "[port p1]\n"
    "[port p2]\n"
    "[function fut]\n"
    "port = p1\n"
    "layout = gpu-256m-to-16g\n"
    "[function late]\n"
    "port = p2\n"
    "plugged = later\n"
    "[step 1]\n"
    "hot-add = late\n";

/* A layout's properties are the function's, and nothing is said of the default layout's BAR 2. */
static void test_layout_takes_the_place_of_the_size(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(with_layout);
    Function *function = scenario_find_function(scenario, "fut");
    g_autofree char *layout = machine_layout_option(function->layout);
    g_autofree char *option = g_strdup_printf("barshift,id=fut,bus=p1,tag=1%s",
                                              layout + strlen("barshift"));
    g_auto(GStrv) command = machine_command(scenario, &parts);

    g_assert_nonnull(strstr(option, ",bar0=256M:mem64:pref:rebar=256M-16G:ram,"));
    g_assert_cmpuint(count(command, "-device", option), ==, 1);
}

/* Later versions of QEMU take no text for a number, and no number for text. */
static void test_layout_is_hot_added_with_its_types(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Scenario) scenario = made_up_scenario(with_layout);
    Function *function = scenario_find_function(scenario, "late");
    g_autoptr(JsonObject) arguments = NULL;

    function->layout = made_up_layout(
        "[layout]\ntitle = t\n[device]\nbar0 = 4096:mem32:control\nrom = 64K\nclass = 0x30000\n"
        "serial = 18446744073709551615\nflr = on\naer = off\n", &error);
    g_assert_no_error(error);
    arguments = machine_device_add(function);
    g_assert_cmpuint(json_object_get_size(arguments), ==, 10);
    g_assert_cmpstr(json_object_get_string_member(arguments, "bar0"), ==, "4096:mem32:control");
    g_assert_cmpint(json_object_get_int_member(arguments, "rom"), ==, 65536);
    g_assert_cmpint(json_object_get_int_member(arguments, "class"), ==, 0x30000);
    g_assert_cmpint(json_object_get_int_member(arguments, "serial"), ==, -1);
    g_assert_true(json_object_get_boolean_member(arguments, "flr"));
    g_assert_false(json_object_get_boolean_member(arguments, "aer"));
}

/* Without a kernel there is no guest, and nothing must run. */
static void test_without_a_kernel_nothing_runs(void)
{
    MachineParts bare = parts;
    g_auto(GStrv) command = NULL;

    bare.kernel = bare.initrd = NULL;
    command = command_of(all_kinds, &bare);
    g_assert_true(g_strv_contains((const char *const *)command, "-S"));
    g_assert_false(g_strv_contains((const char *const *)command, "-kernel"));
    g_assert_false(g_strv_contains((const char *const *)command, "-append"));
}

static void test_shell_text_gives_the_command_back(void)
{
    static const char *const awkward[] = {
        "plain", "two words", "it's", "a\"b", "$HOME `x`", "back\\slash", "", "*?[a]", "ä;&|<>",
    };

    for (guint i = 0; i < G_N_ELEMENTS(awkward); i++) {
        g_autoptr(Scenario) scenario = made_up_scenario(all_kinds);
        MachineParts with = parts;
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) command = NULL;
        g_auto(GStrv) parsed = NULL;
        g_autofree char *assignment = g_strconcat("LD_PRELOAD=", awkward[i], NULL);
        g_autofree char *text = NULL;

        with.device = with.kernel = with.append = awkward[i];
        with.console = "console.log";
        with.qmp = "path=qmp.sock,server=on,wait=off";
        with.link = "path=link.sock,server=on,wait=off";
        command = machine_command(scenario, &with);
        text = machine_command_text(scenario, &with);
        g_assert_true(g_shell_parse_argv(text, NULL, &parsed, &error));
        g_assert_no_error(error);
        g_assert_cmpstr(parsed[0], ==, assignment);
        g_assert_cmpuint(g_strv_length(parsed), ==, g_strv_length(command) + 1);
        for (guint w = 0; command[w] != NULL; w++) {
            g_assert_cmpstr(parsed[w + 1], ==, command[w]);
        }
    }
}

static void test_shell_text_has_an_option_a_line(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(all_kinds);
    g_autofree char *text = machine_command_text(scenario, &parts);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);

    g_assert_true(g_str_has_suffix(lines[0], "qemu-system-x86_64 \\"));
    for (guint i = 1; lines[i] != NULL; i++) {
        g_assert_true(g_str_has_prefix(lines[i], "    -"));
        g_assert_true(lines[i + 1] == NULL || g_str_has_suffix(lines[i], " \\"));
    }
}

static gboolean has_part(char *const *command, const char *part)
{
    g_autofree char *text = g_strjoinv(" ", (char **)command);

    return strstr(text, part) != NULL;
}

/* One is saved later, the other goes on from that: the machine is the same. */
static void test_memory_can_be_a_file(void)
{
    MachineParts saving = parts, going_on = parts;
    g_auto(GStrv) plain = command_of(all_kinds, &parts);
    g_auto(GStrv) saved = NULL;
    g_auto(GStrv) restored = NULL;

    saving.ram = going_on.ram = "/ram";
    going_on.goes_on = TRUE;
    saved = command_of(all_kinds, &saving);
    restored = command_of(all_kinds, &going_on);
    g_assert_false(has_part(plain, "memory-backend"));
    g_assert_false(has_part(plain, "append=on"));
    g_assert_true(has_part(saved, "memory-backend=ram "));
    g_assert_true(
        has_part(saved, "-object memory-backend-file,id=ram,mem-path=/ram,size=256M,share=on"));
    g_assert_false(has_part(saved, "-incoming"));
    g_assert_true(has_part(restored, "memory-backend=ram "));
    g_assert_true(
        has_part(restored, "-object memory-backend-file,id=ram,mem-path=/ram,size=256M,share=off"));
    g_assert_true(has_part(restored, "-incoming defer -S"));
    g_assert_true(has_part(restored, "console.log,append=on"));
}

/* Only where they are needed; a line of its own puts them behind the root file system. */
static void test_shell_text_joins_the_modules(void)
{
    GString *text = g_string_new(all_kinds);
    MachineParts with = parts;
    g_autoptr(Scenario) without = made_up_scenario(all_kinds);
    g_autoptr(Scenario) needs = NULL;
    g_autofree char *plain = NULL;
    g_autofree char *joined = NULL;

    with.modules = "/cache/the modules";
    g_string_replace(text, "hole64 = 9G\n", "iommu = on\n", 1);
    needs = made_up_scenario(text->str);
    g_string_free(text, TRUE);
    plain = machine_command_text(without, &with);
    joined = machine_command_text(needs, &with);
    g_assert_true(g_str_has_prefix(plain, "LD_PRELOAD="));
    g_assert_nonnull(strstr(plain, "-initrd /build/initramfs"));
    g_assert_true(g_str_has_prefix(
        joined, "cat '/build/initramfs' '/cache/the modules' >initrd.cpio\nLD_PRELOAD="));
    g_assert_nonnull(strstr(joined, "-initrd initrd.cpio"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/machine/composes-each-piece-once", test_composes_each_piece_once);
    g_test_add_func("/machine/disks-of-all-controllers", test_disks_of_all_controllers);
    g_test_add_func("/machine/leaves-later-functions-out", test_leaves_later_functions_out);
    g_test_add_func("/machine/acpi-hotplug-is-switched-on", test_acpi_hotplug);
    g_test_add_func("/machine/console-comes-before-the-link",
                    test_console_comes_before_the_link);
    g_test_add_func("/machine/iommu-comes-before-the-devices",
                    test_iommu_comes_before_the_devices);
    g_test_add_func("/machine/kernel-arguments-are-added", test_kernel_arguments_are_added);
    g_test_add_func("/machine/commas-in-paths-are-doubled", test_commas_in_paths_are_doubled);
    g_test_add_func("/machine/device-add-equals-device", test_device_add_equals_device);
    g_test_add_func("/machine/functions-of-a-device", test_functions_of_a_device);
    g_test_add_func("/machine/layout/takes-the-place-of-the-size",
                    test_layout_takes_the_place_of_the_size);
    g_test_add_func("/machine/layout/is-hot-added-with-its-types",
                    test_layout_is_hot_added_with_its_types);
    g_test_add_func("/machine/without-a-kernel-nothing-runs", test_without_a_kernel_nothing_runs);
    g_test_add_func("/machine/memory-can-be-a-file", test_memory_can_be_a_file);
    g_test_add_func("/machine/shell/gives-the-command-back",
                    test_shell_text_gives_the_command_back);
    g_test_add_func("/machine/shell/has-an-option-a-line", test_shell_text_has_an_option_a_line);
    g_test_add_func("/machine/shell/joins-the-modules", test_shell_text_joins_the_modules);
    return g_test_run();
}
