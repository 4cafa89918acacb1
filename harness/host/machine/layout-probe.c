/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout-probe.h"

#include "vm.h"

static char probe_port[] = "p1";
static char probe_function[] = "probe";
static char probe_type[] = "barshift";

static JsonNode *ask(Vm *vm, const Function *function, GError **error)
{
    JsonObject *arguments;
    g_autofree char *refusal = NULL;
    g_autofree char *path = g_strdup_printf("/machine/peripheral/%s", function->name);
    g_autoptr(JsonNode) added =
        qmp_ask(vm_qmp(vm), "device_add", machine_device_add(function), &refusal, error);

    if (refusal != NULL) {
        layout_blame(function->layout, refusal, error);
    }
    if (added == NULL) {
        return NULL;
    }
    arguments = json_object_new();
    json_object_set_string_member(arguments, "path", path);
    json_object_set_string_member(arguments, "property", "ledger");
    return qmp_execute(vm_qmp(vm), "qom-get", arguments, error);
}

JsonNode *layout_probe(Layout *layout, const MachineParts *parts, GCancellable *cancellable,
                       GError **error)
{
    Port port = { .name = probe_port, .kind = PORT_ROOT, .number = 1, .device = 1 };
    Function function = {
        .name = probe_function, .type = probe_type, .port = &port, .layout = layout, .tag = 1
    };
    g_autoptr(GPtrArray) ports = g_ptr_array_new();
    g_autoptr(GPtrArray) functions = g_ptr_array_new();
    const Scenario bare = {
        .machine = { .memory_bytes = 128 * 1024 * 1024, .hole64_bytes = 1024 * 1024 * 1024 },
        .ports = ports,
        .functions = functions,
    };
    const MachineParts idle = { .qemu = parts->qemu, .device = parts->device, .accel = "tcg" };
    g_autoptr(RunFolder) folder = run_folder_new(FALSE, error);
    g_autoptr(Vm) vm = NULL;
    JsonNode *ledger;

    if (folder == NULL) {
        return NULL;
    }
    g_ptr_array_add(ports, &port);
    g_ptr_array_add(functions, &function);
    vm = vm_start(&bare, &idle, folder, cancellable, error);
    if (vm == NULL) {
        return NULL;
    }
    ledger = ask(vm, &function, error);
    if (ledger == NULL) {
        vm_explain(vm, error);
    }
    return ledger;
}
