/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest of the user's own: the options, the image, and the machine that boots it. */
#include "disk-options.h"
#include "error.h"
#include "machine.h"
#include "made-up.h"

#include <glib/gstdio.h>
#include <string.h>

#define SECTOR 512

/* A file of one sector that begins with @start, as long as it is needed */
typedef struct Image {
    char *folder, *path;
} Image;

static Image image_new(const char *start, gsize length, gsize total)
{
    g_autofree char *bytes = g_malloc0(total + 1);
    Image image = { .folder = g_dir_make_tmp("barshift-disk-XXXXXX", NULL) };

    image.path = g_build_filename(image.folder, "image,1", NULL);
    memcpy(bytes, start, length);
    g_assert_true(g_file_set_contents(image.path, bytes, (gssize)total, NULL));
    return image;
}

static void image_clear(Image *image)
{
    g_remove(image->path);
    g_rmdir(image->folder);
    g_free(image->path);
    g_free(image->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Image, image_clear)

static void test_tells_the_format_by_the_first_bytes(void)
{
    g_auto(Image) plain = image_new("\xeb\x63", 2, SECTOR);
    g_auto(Image) copied = image_new("QFI\xfb", 4, SECTOR);

    g_assert_cmpstr(disk_check(plain.path, NULL, NULL), ==, "raw");
    g_assert_cmpstr(disk_check(copied.path, NULL, NULL), ==, "qcow2");
    g_assert_cmpstr(disk_check(copied.path, "qcow2", NULL), ==, "qcow2");
    g_assert_cmpstr(disk_check(copied.path, "raw", NULL), ==, "raw");
}

static void test_names_what_is_no_disk(void)
{
    static const struct {
        const char *start;
        gsize length, total;
        const char *format, *text;
    } rows[] = {
        { "", 0, 0, NULL, "shorter than a sector" },
        { "", 0, SECTOR - 1, NULL, "shorter than a sector" },
        { "\xeb\x63", 2, SECTOR, "qcow2", "is no qcow2 image" },
        { "\xeb\x63", 2, SECTOR, "vmdk", "--disk-format vmdk: expected raw or qcow2" },
        { "\x1f\x8b", 2, SECTOR, NULL, "is compressed with gzip; unpack it first" },
        { "\xfd" "7zXZ", 5, SECTOR, NULL, "is compressed with xz" },
        { "KDMV", 4, SECTOR, NULL, "is a VMDK image; 'qemu-img convert" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Image) image = image_new(rows[i].start, rows[i].length, rows[i].total);
        g_autoptr(GError) error = NULL;

        g_assert_null(disk_check(image.path, rows[i].format, &error));
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
        g_assert_nonnull(strstr(error->message, rows[i].text));
    }
}

static void test_names_what_is_no_file(void)
{
    g_auto(Image) image = image_new("", 0, SECTOR);
    g_autofree char *absent = g_build_filename(image.folder, "absent", NULL);
    const char *const rows[][2] = {
        { absent, "No such file or directory" },
        { image.folder, "is a folder" },
        { "/dev/null", "is neither a file nor a block device" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(disk_check(rows[i][0], NULL, &error));
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
        g_assert_nonnull(strstr(error->message, rows[i][0]));
        g_assert_nonnull(strstr(error->message, rows[i][1]));
    }
}

/* @words: options, one after another with blanks; the image is called IMAGE */
static gboolean read_options(const char *words, const char *image, const DiskRivals *rivals,
                             Disk **disk, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_auto(GStrv) arguments = g_strsplit(words, " ", -1);
    const DiskRivals none = { 0 };
    DiskGiven given = { 0 };
    gboolean read;

    for (guint i = 0; arguments[i] != NULL; i++) {
        if (g_str_equal(arguments[i], "IMAGE")) {
            g_free(arguments[i]);
            arguments[i] = g_strdup(image);
        }
    }
    disk_options_add(context, &given);
    g_assert_true(g_option_context_parse_strv(context, &arguments, NULL));
    read = disk_options_read(&given, rivals == NULL ? &none : rivals, disk, error);
    g_free(given.image);
    g_free(given.format);
    g_free(given.bus);
    g_free(given.memory);
    g_free(given.cpu);
    return read;
}

static void test_reads_options(void)
{
    g_auto(Image) image = image_new("QFI\xfb", 4, SECTOR);
    g_autoptr(Disk) disk = NULL;
    g_autoptr(Disk) other = NULL;
    g_autoptr(Disk) none = NULL;

    g_assert_true(read_options("run --disk IMAGE", image.path, NULL, &disk, NULL));
    g_assert_cmpstr(disk->image, ==, image.path);
    g_assert_cmpstr(disk->format, ==, "qcow2");
    g_assert_cmpuint(disk->bus, ==, DISK_VIRTIO);
    g_assert_cmpuint(disk->memory_bytes, ==, 2048ull << 20);
    g_assert_false(disk->outside);

    g_assert_true(read_options("run --disk IMAGE --disk-bus sata --disk-format raw --memory 1G "
                               "--cpu max,la57=off --outside --quiet 2.5", image.path, NULL, &other,
                               NULL));
    g_assert_cmpstr(other->format, ==, "raw");
    g_assert_cmpuint(other->bus, ==, DISK_SATA);
    g_assert_cmpuint(other->memory_bytes, ==, 1024ull << 20);
    g_assert_cmpstr(other->cpu, ==, "max,la57=off");
    g_assert_true(other->outside);
    g_assert_cmpfloat(other->quiet_seconds, ==, 2.5);

    g_assert_true(read_options("run", image.path, NULL, &none, NULL));
    g_assert_null(none);
}

static void test_refuses_options(void)
{
    static const struct {
        const char *words;
        DiskRivals rivals;
        const char *text;
    } rows[] = {
        { "run --disk-bus sata", { 0 }, "--disk-bus is for a guest of your own; --disk IMAGE" },
        { "run --memory 1G", { 0 }, "--memory is for a guest of your own" },
        { "run --cpu max", { 0 }, "--cpu is for a guest of your own" },
        { "run --disk-format raw", { 0 }, "--disk-format is for a guest of your own" },
        { "run --outside", { 0 }, "--outside is for a guest of your own" },
        { "run --disk IMAGE --quiet 2", { 0 }, "--quiet is for a guest that cannot be asked" },
        { "run --disk IMAGE --outside --quiet -1", { 0 }, "--quiet: expected more than 0" },
        { "run --disk IMAGE", { .kernel = "k" }, "--disk and --kernel exclude each other" },
        { "run --disk IMAGE", { .modules = "m" }, "--disk and --modules exclude each other" },
        { "run --disk IMAGE", { .append = "a" }, "--disk and --append exclude each other" },
        { "run --disk IMAGE --disk-bus ide", { 0 }, "--disk-bus ide: expected virtio or sata" },
        { "run --disk IMAGE --memory 3G", { 0 }, "--memory 3G: expected 128M to 2G" },
        { "run --disk IMAGE --memory much", { 0 }, "--memory: 'much'" },
        { "run --disk IMAGE --cpu=", { 0 }, "--cpu '': expected a model" },
    };
    g_auto(Image) image = image_new("", 0, SECTOR);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        Disk *disk = NULL;

        g_assert_false(read_options(rows[i].words, image.path, &rows[i].rivals, &disk, &error));
        g_test_message("%s: %s", rows[i].words, error->message);
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
        g_assert_nonnull(strstr(error->message, rows[i].text));
        g_assert_null(disk);
    }
}

/* The command line of a machine with a disk, as one text */
static char *command_with(const Disk *disk, Scenario *scenario)
{
    const MachineParts parts = {
        .qemu = "qemu", .accel = "tcg", .console = "c", .qmp = "fd=3", .link = "fd=4", .disk = disk,
    };
    g_auto(GStrv) command = NULL;

    disk_give_memory(disk, scenario);
    command = machine_command(scenario, &parts);
    return g_strjoinv(" ", command);
}

static void test_machine_boots_the_disk_and_never_writes_it(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(made_up_scenario_text);
    Disk disk = { .image = (char *)"/a,b.img", .format = "qcow2", .memory_bytes = 1024ull << 20 };
    g_autofree char *command = command_with(&disk, scenario);

    g_assert_nonnull(strstr(command, "-drive if=none,id=barshift-disk,file=/a,,b.img,format=qcow2,"
                                     "snapshot=on,cache=unsafe "
                                     "-device virtio-blk-pci,drive=barshift-disk,bootindex=1 "));
    g_assert_nonnull(strstr(command, "barshift-bundle.iso,format=raw,readonly=on "
                                     "-device virtio-blk-pci,drive=barshift-bundle "));
    g_assert_nonnull(strstr(command, "-machine q35,sata=off,"));
    g_assert_nonnull(strstr(command, "-cpu qemu64,phys-bits=46,cx16=off -m 1024M "));
    g_assert_nonnull(strstr(command, "drive=barshift-seed"));
    g_assert_null(strstr(command, "-kernel"));
    g_assert_null(strstr(command, "-S"));
}

static void test_machine_has_the_controller_and_the_processor_asked_for(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(made_up_scenario_text);
    Disk disk = { .image = (char *)"/i", .format = "raw", .bus = DISK_SATA, .cpu = (char *)"max" };
    Disk alone = { .image = (char *)"/i", .format = "raw", .bus = DISK_SATA, .outside = TRUE };
    g_autofree char *short_command = command_with(&alone, scenario);
    g_autofree char *command = command_with(&disk, scenario);

    g_assert_nonnull(strstr(command, "-machine q35,sata=on,"));
    g_assert_nonnull(strstr(command, "-device ide-hd,drive=barshift-disk,bootindex=1 "));
    g_assert_nonnull(strstr(command, "-device ide-cd,drive=barshift-bundle "));
    g_assert_nonnull(strstr(command, "-cpu max,phys-bits=46 -m 512M "));
    g_assert_true(g_str_has_suffix(short_command, "drive=barshift-disk,bootindex=1"));
}

static void test_scenario_cannot_give_arguments_to_a_kernel_on_a_disk(void)
{
    g_autoptr(Scenario) plain = made_up_scenario(made_up_scenario_text);
    g_autofree char *text =
        g_strconcat(made_up_scenario_text, "[machine]\nappend = pci=realloc\n", NULL);
    g_autoptr(Scenario) scenario = made_up_scenario(text);
    g_autoptr(GError) error = NULL;

    g_assert_true(disk_suits(plain, NULL));
    g_assert_false(disk_suits(scenario, &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
    g_assert_nonnull(strstr(error->message, "[machine] append = pci=realloc: with --disk"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/disk/image/format-by-its-first-bytes",
                    test_tells_the_format_by_the_first_bytes);
    g_test_add_func("/disk/image/names-what-is-no-disk", test_names_what_is_no_disk);
    g_test_add_func("/disk/image/names-what-is-no-file", test_names_what_is_no_file);
    g_test_add_func("/disk/options/read", test_reads_options);
    g_test_add_func("/disk/options/refused", test_refuses_options);
    g_test_add_func("/disk/machine/boots-it-and-never-writes-it",
                    test_machine_boots_the_disk_and_never_writes_it);
    g_test_add_func("/disk/machine/controller-and-processor",
                    test_machine_has_the_controller_and_the_processor_asked_for);
    g_test_add_func("/disk/machine/no-kernel-arguments",
                    test_scenario_cannot_give_arguments_to_a_kernel_on_a_disk);
    return g_test_run();
}
