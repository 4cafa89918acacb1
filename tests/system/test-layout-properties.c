/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types that layouts are read with are the types of the device's properties: this version of
 * QEMU may not mind text in place of a number, later ones do.
 */
#include "vm.h"

static const char *const type_names[] = {
    [LAYOUT_TEXT] = "str",
    [LAYOUT_NUMBER] = "uint",
    [LAYOUT_SIZE] = "size",
    [LAYOUT_SWITCH] = "bool",
};

/* (transfer full): QEMU's list of properties */
static JsonNode *list_properties(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GPtrArray) nothing = g_ptr_array_new();
    g_autoptr(RunFolder) folder = run_folder_new(FALSE, &error);
    const Scenario bare = {
        .machine = { .memory_bytes = 128 * 1024 * 1024, .hole64_bytes = 1024 * 1024 * 1024 },
        .ports = nothing,
        .functions = nothing,
    };
    const MachineParts parts = {
        .qemu = g_getenv("BARSHIFT_QEMU"), .device = g_getenv("BARSHIFT_DEVICE"), .accel = "tcg"
    };
    g_autoptr(Vm) vm = vm_start(&bare, &parts, folder, cancellable, &error);
    JsonObject *arguments = json_object_new();
    JsonNode *list;

    g_assert_no_error(error);
    json_object_set_string_member(arguments, "typename", "barshift");
    list = qmp_execute(vm_qmp(vm), "device-list-properties", arguments, &error);
    g_assert_no_error(error);
    return list;
}

/* "" when there is no such property */
static const char *type_of(JsonNode *list, const char *name)
{
    JsonArray *array = json_node_get_array(list);

    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonObject *property = json_array_get_object_element(array, i);

        if (g_str_equal(json_object_get_string_member(property, "name"), name)) {
            return json_object_get_string_member(property, "type");
        }
    }
    return "";
}

static void test_types_are_the_devices(void)
{
    g_autoptr(JsonNode) list = list_properties();

    for (const LayoutKey *key = layout_keys; key->name != NULL; key++) {
        const char *type = type_of(list, key->name);
        const char *expected = type_names[key->type];

        if (!g_str_has_prefix(type, expected)) {
            g_test_message("%s is of type '%s', expected '%s'", key->name, type, expected);
            g_test_fail();
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layout/properties/types-are-the-devices", test_types_are_the_devices);
    return g_test_run();
}
