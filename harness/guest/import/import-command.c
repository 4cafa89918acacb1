/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "import-command.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"
#include "forecast.h"
#include "scenario-text.h"

#define SUFFIX ".ini"

static const char help[] =
    "Usage: barshift import CAPTURE [--plug SIZE@PORT]... [--identity] [-o FILE]\n"
    "\n"
    "Makes a scenario of a real machine: ports, functions, BARs and room as they were captured.\n"
    "CAPTURE is text of 'lspci -vv -xxxx', what guest-scripts/capture has written, or a folder\n"
    "with copies of sys/bus/pci/devices, proc/iomem and proc/ioports.\n"
    "\n"
    "  --plug SIZE@PORT   a device with a BAR of SIZE arrives at an empty hotplug port, which is\n"
    "                     named by its bus address in the capture or by its name in the scenario\n"
    "  --identity         functions get vendor, device, subsystem and class as captured, so that\n"
    "                     the guest's drivers may bind to them\n"
    "  -o, --output FILE  the scenario; by default CAPTURE.ini in this folder, if there is none.\n"
    "                     Layouts are written beside it, FILE without .ini and a number\n"
    "\n"
    "Exit status: 0 done, 2 usage, 3 the capture cannot be read, or a file not be written.\n";

/** struct Import - the command line, and what becomes of it */
typedef struct Import {
    const char *capture;
    const char *plugs[SKETCH_PLUGS_MAX];
    size_t plug_count;
    bool identity;
    const char *output;
    char stem[PATH_MAX]; /* of all files, without ".ini" */
} Import;

__attribute__((format(printf, 2, 3))) static int fail(int status, const char *format, ...)
{
    va_list arguments;

    fputs("barshift: import: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return status;
}

/* What follows the last slash, without its last suffix */
static void stem_set(Import *import)
{
    const char *name = import->output ? import->output : import->capture;
    char *slash;
    char *dot;

    snprintf(import->stem, sizeof(import->stem) - 8, "%s", name);
    for (size_t length = strlen(import->stem); length > 1 && import->stem[length - 1] == '/';) {
        import->stem[--length] = '\0';
    }
    slash = strrchr(import->stem, '/');
    if (!import->output && slash && slash[1] != '\0') {
        memmove(import->stem, slash + 1, strlen(slash));
        slash = NULL;
    }
    dot = strrchr(slash ? slash : import->stem, '.');
    if (dot && dot != import->stem && (!import->output || strcmp(dot, SUFFIX) == 0)) {
        *dot = '\0';
    }
}

static const char *stem_name(const Import *import)
{
    const char *slash = strrchr(import->stem, '/');

    return slash ? slash + 1 : import->stem;
}

/* Return: 0 or an exit status */
static int file_write(const Import *import, const Sketch *sketch, int layout)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX + 16];

    if (layout < 0) {
        snprintf(path, sizeof(path), "%s" SUFFIX, import->stem);
    } else {
        snprintf(path, sizeof(path), "%s-%d" SUFFIX, import->stem, layout + 1);
    }
    if (!import->output && access(path, F_OK) == 0) {
        return fail(EXIT_ENVIRONMENT, "%s is there already; name another file with -o", path);
    }
    file = fopen(path, "we");
    if (file && layout < 0) {
        scenario_text_write(sketch, import->capture, stem_name(import), file);
    } else if (file) {
        layout_text_write(sketch, (size_t)layout, file);
    }
    if (!file || fflush(file) != 0) {
        return fail(EXIT_ENVIRONMENT, "%s: %s", path, strerror(errno));
    }
    return EXIT_OK;
}

static int files_write(const Import *import, const Sketch *sketch)
{
    int status = file_write(import, sketch, -1);

    for (size_t i = 0; status == EXIT_OK && i < sketch->layout_count; i++) {
        status = file_write(import, sketch, (int)i);
    }
    if (status != EXIT_OK) {
        return status;
    }
    for (size_t i = 0; i < sketch->notes.count; i++) {
        fprintf(stderr, "%s\n", sketch->notes.lines[i]);
    }
    printf("%s" SUFFIX ": %zu ports, %zu functions, %zu layouts\n", import->stem,
           sketch->port_count, sketch->function_count, sketch->layout_count);
    return EXIT_OK;
}

static int import_run(const Import *import)
{
    CLEANUP(captured_free) Captured captured = { .facts = NULL };
    CLEANUP(sketch_free) Sketch sketch = { .captured = NULL };
    char why[CAPTURE_WHY_SIZE];

    if (captured_read(&captured, import->capture, why) < 0) {
        return fail(EXIT_ENVIRONMENT, "%s", why);
    }
    if (sketch_make(&captured, import->identity, &sketch, why) < 0) {
        return fail(EXIT_ENVIRONMENT, "%s: %s", import->capture, why);
    }
    for (size_t i = 0; i < import->plug_count; i++) {
        if (sketch_plug(&sketch, import->plugs[i], why) < 0) {
            return fail(EXIT_USAGE, "%s", why);
        }
    }
    if (forecast(&sketch, why) < 0) {
        return fail(EXIT_ENVIRONMENT, "%s: %s", import->capture, why);
    }
    return files_write(import, &sketch);
}

/* Return: is it an option, and understood? */
static bool import_option(Import *import, int option)
{
    switch (option) {
    case 'p':
        if (import->plug_count == SKETCH_PLUGS_MAX) {
            return false;
        }
        import->plugs[import->plug_count++] = optarg;
        return true;
    case 'i': import->identity = true; return true;
    case 'o': import->output = optarg; return true;
    default: return false;
    }
}

int import_command(int argc, char **argv)
{
    static const struct option options[] = { { "plug", required_argument, NULL, 'p' },
                                             { "identity", no_argument, NULL, 'i' },
                                             { "output", required_argument, NULL, 'o' },
                                             { "help", no_argument, NULL, 'h' },
                                             { 0 } };
    Import import = { .capture = NULL };
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return EXIT_OK;
        }
        if (!import_option(&import, option)) {
            return fail(EXIT_USAGE, "knows at most %d --plug SIZE@PORT, --identity, -o FILE",
                        SKETCH_PLUGS_MAX);
        }
    }
    if (optind != argc - 1) {
        return fail(EXIT_USAGE, "expected one CAPTURE");
    }
    import.capture = argv[optind];
    stem_set(&import);
    return import_run(&import);
}
