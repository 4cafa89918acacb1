/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm.h"

#include "error.h"
#include "initrd.h"
#include "interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define VM_FD_QMP 3
#define VM_FD_LINK 4
#define VM_FD_RAM 6
#define VM_GREETING_SECONDS 20.0
#define VM_LAST_LINES 12
#define VM_PANIC_LINES 40 /* the call trace belongs to it */

static const char vm_console[] = "console.log";
static const char vm_output[] = "qemu.log";
static const char vm_initrd[] = "initrd.cpio";

struct Vm {
    GSubprocess *process;
    const RunFolder *folder;
    GCancellable *cancellable;
    int qmp_fd; /* until QMP was greeted */
    Qmp *qmp;
    Guest *guest;
};

static void child_setup(gpointer data)
{
    pid_t parent = GPOINTER_TO_INT(data);

    interrupt_unblock();
    /* huge pages behind guest RAM and BARs cost seconds and gigabytes for a few words touched */
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) { /* the runner ended before the line above */
        _exit(127);
    }
}

/* Our end is returned, the other one becomes @target_fd of the child. */
static int open_channel(GSubprocessLauncher *launcher, int target_fd, GError **error)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "socketpair: %s",
                    g_strerror(errno));
        return -1;
    }
    g_subprocess_launcher_take_fd(launcher, ends[1], target_fd);
    return ends[0];
}

static GSubprocessLauncher *launcher_new(const MachineParts *parts, const RunFolder *folder)
{
    GSubprocessLauncher *launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_MERGE);
    g_autofree char *output = run_folder_file(folder, vm_output);

    if (parts->device != NULL) {
        g_subprocess_launcher_setenv(launcher, "LD_PRELOAD", parts->device, TRUE);
    }
    g_subprocess_launcher_set_stdout_file_path(launcher, output);
    g_subprocess_launcher_set_child_setup(launcher, child_setup, GINT_TO_POINTER(getpid()), NULL);
    return launcher;
}

/* Empty, and as large as it is only by name: what is written goes with the folder. */
static gboolean make_disk(const char *file, guint64 size_bytes, GError **error)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    gboolean made = fd >= 0 && ftruncate(fd, (off_t)size_bytes) == 0;

    if (!made) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "cannot make the disk %s: %s",
                    file, g_strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return made;
}

static gboolean make_disks(const Scenario *scenario, const RunFolder *folder, GError **error)
{
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);
        g_autofree char *file = machine_disk_file(function, run_folder_path(folder));

        if (function->device == DEVICE_NVME && !make_disk(file, function->size_bytes, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* A guest that goes on has read its root file system already. */
static gboolean needs_initrd(const Scenario *scenario, const MachineParts *parts)
{
    return parts->modules != NULL && machine_needs_modules(scenario) && !parts->goes_on;
}

static GSubprocess *spawn(const Scenario *scenario, const MachineParts *parts,
                          const RunFolder *folder, GSubprocessLauncher *launcher, GError **error)
{
    g_autofree char *console = run_folder_file(folder, vm_console);
    g_autofree char *initrd = run_folder_file(folder, vm_initrd);
    MachineParts inner = *parts;
    g_auto(GStrv) command = NULL;
    g_autoptr(GError) cause = NULL;
    GSubprocess *process;

    if (needs_initrd(scenario, parts)) {
        if (!initrd_join(initrd, parts->initrd, parts->modules, error)) {
            return NULL;
        }
        inner.initrd = initrd;
    }
    if (!make_disks(scenario, folder, error)) {
        return NULL;
    }
    inner.disks = run_folder_path(folder);
    inner.console = console;
    inner.qmp = "fd=" G_STRINGIFY(VM_FD_QMP);
    inner.link = "fd=" G_STRINGIFY(VM_FD_LINK);
    command = machine_command(scenario, &inner);
    process = g_subprocess_launcher_spawnv(launcher, (const char *const *)command, &cause);
    if (process == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "cannot start QEMU: %s",
                    cause->message);
    }
    return process;
}

/* Opened anew, for the position in a file is shared by the descriptors that were copied. */
static gboolean pass_file(GSubprocessLauncher *launcher, int fd, int target_fd, GError **error)
{
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    int own_fd = open(path, O_RDWR | O_CLOEXEC);

    if (own_fd < 0) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "cannot hand a file to QEMU: %s",
                    g_strerror(errno));
        return FALSE;
    }
    g_subprocess_launcher_take_fd(launcher, own_fd, target_fd);
    return TRUE;
}

static gboolean pass_memory(GSubprocessLauncher *launcher, const VmMemory *memory, GError **error)
{
    return pass_file(launcher, memory->ram_fd, VM_FD_RAM, error) &&
           (!memory->goes_on || pass_file(launcher, memory->state_fd, VM_FD_STATE, error));
}

Vm *vm_launch(const Scenario *scenario, const MachineParts *parts, const VmMemory *memory,
              const RunFolder *folder, GCancellable *cancellable, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = launcher_new(parts, folder);
    g_autoptr(Vm) vm = g_new0(Vm, 1);
    MachineParts inner = *parts;
    int link_fd;

    vm->folder = folder;
    vm->cancellable = g_object_ref(cancellable);
    vm->qmp_fd = open_channel(launcher, VM_FD_QMP, error);
    link_fd = vm->qmp_fd < 0 ? -1 : open_channel(launcher, VM_FD_LINK, error);
    if (memory != NULL) {
        inner.ram = "/proc/self/fd/" G_STRINGIFY(VM_FD_RAM);
        inner.goes_on = memory->goes_on;
    }
    if (link_fd >= 0) {
        vm->guest = guest_new(link_fd, cancellable);
        if (memory == NULL || pass_memory(launcher, memory, error)) {
            vm->process = spawn(scenario, &inner, folder, launcher, error);
        }
    }
    /* our copies of the child's ends must go, or its end would never be seen */
    g_subprocess_launcher_close(launcher);
    return vm->process == NULL ? NULL : g_steal_pointer(&vm);
}

gboolean vm_greet(Vm *vm, GError **error)
{
    int fd = vm->qmp_fd;

    vm->qmp_fd = -1;
    vm->qmp = qmp_new(fd, vm->cancellable, deadline_in(VM_GREETING_SECONDS), error);
    if (vm->qmp == NULL) {
        vm_explain(vm, error);
    }
    return vm->qmp != NULL;
}

Vm *vm_start(const Scenario *scenario, const MachineParts *parts, const RunFolder *folder,
             GCancellable *cancellable, GError **error)
{
    g_autoptr(Vm) vm = vm_launch(scenario, parts, NULL, folder, cancellable, error);

    return vm != NULL && vm_greet(vm, error) ? g_steal_pointer(&vm) : NULL;
}

void vm_free(Vm *vm)
{
    if (vm == NULL) {
        return;
    }
    if (vm->process != NULL) {
        g_subprocess_force_exit(vm->process);
        g_subprocess_wait(vm->process, NULL, NULL);
        g_object_unref(vm->process);
    }
    if (vm->qmp_fd >= 0) {
        close(vm->qmp_fd);
    }
    g_clear_pointer(&vm->qmp, qmp_free);
    g_clear_pointer(&vm->guest, guest_free);
    g_object_unref(vm->cancellable);
    g_free(vm);
}

Qmp *vm_qmp(Vm *vm)
{
    return vm->qmp;
}

Guest *vm_guest(Vm *vm)
{
    return vm->guest;
}

static gboolean fail_console(GError **error, const GError *cause)
{
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "the guest's console: %s",
                cause->message);
    return FALSE;
}

char *vm_read_console(const RunFolder *folder, gsize *length, GError **error)
{
    g_autofree char *path = run_folder_file(folder, vm_console);
    g_autoptr(GError) cause = NULL;
    char *text = NULL;

    if (!g_file_get_contents(path, &text, length, &cause)) {
        fail_console(error, cause);
    }
    return text;
}

gboolean vm_write_console(const RunFolder *folder, const char *text, gsize length, GError **error)
{
    g_autofree char *path = run_folder_file(folder, vm_console);
    g_autoptr(GError) cause = NULL;

    return g_file_set_contents_full(path, text, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600,
                                    &cause) ||
           fail_console(error, cause);
}

/* Did QEMU end by itself? Given a moment, since its sockets close before it is reaped. */
static gboolean has_ended(Vm *vm)
{
    for (guint i = 0; i < 20 && g_subprocess_get_identifier(vm->process) != NULL; i++) {
        g_usleep(10 * 1000);
    }
    return g_subprocess_get_identifier(vm->process) == NULL;
}

static char *describe_end(Vm *vm)
{
    if (g_subprocess_get_if_signaled(vm->process)) {
        return g_strdup_printf("QEMU was ended by signal %d",
                               g_subprocess_get_term_sig(vm->process));
    }
    return g_strdup_printf("QEMU ended with status %d",
                           g_subprocess_get_exit_status(vm->process));
}

/* QEMU ended before it spoke: by what the scenario asks of it, or by its surroundings */
static RunnerError end_code(const char *output)
{
    static const char *const asked[] = { "-device ", "CPU model", "can't apply global",
                                         "phys-bits" };

    for (guint i = 0; i < G_N_ELEMENTS(asked); i++) {
        if (strstr(output, asked[i]) != NULL) {
            return RUNNER_ERROR_USAGE;
        }
    }
    return RUNNER_ERROR_ENVIRONMENT;
}

void vm_explain(Vm *vm, GError **error)
{
    g_autofree char *console = run_folder_tail(vm->folder, vm_console, VM_LAST_LINES);
    g_autofree char *output = run_folder_tail(vm->folder, vm_output, VM_LAST_LINES);
    g_autofree char *panic =
        run_folder_around(vm->folder, vm_console, "Kernel panic", VM_PANIC_LINES);
    g_autofree char *end = NULL;
    RunnerError code = RUNNER_ERROR_DEADLINE;
    g_autofree char *before = NULL;

    if (error == NULL || *error == NULL ||
        !g_error_matches(*error, RUNNER_ERROR, RUNNER_ERROR_DEADLINE)) {
        return;
    }
    before = g_strdup((*error)->message);
    g_clear_error(error);
    if (panic != NULL) {
        g_set_error(error, RUNNER_ERROR, code,
                    "the guest's kernel panicked (%s); its last lines:%s", before, panic);
    } else if (has_ended(vm)) {
        end = describe_end(vm);
        code = vm->qmp == NULL ? end_code(output) : RUNNER_ERROR_DEADLINE;
        g_set_error(error, RUNNER_ERROR, code, "%s (%s); its last lines:%s%s", end, before,
                    output[0] != '\0' ? output : "\n    (none)", console);
    } else {
        g_set_error(error, RUNNER_ERROR, code, "%s; the console's last lines:%s", before,
                    console[0] != '\0' ? console : "\n    (none)");
    }
}
