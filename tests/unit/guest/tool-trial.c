/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tool-trial.h"
#include "tool.h"

#define ROOT_BUS "pci0000:00"
#define CONFIG_SIZE 256
#define WORDS_MAX 16
#define DEVICE "sys/bus/pci/devices/"

void tool_trial_config(const ToolTrial *trial, const char *bdf, unsigned offset, unsigned value)
{
    char path[PATH_MAX];
    uint32_t raw = htole32(value);
    int fd;

    snprintf(path, sizeof(path), "%s/" DEVICE "%s/config", trial->tree.root, bdf);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, &raw, sizeof(raw), offset), sizeof(raw));
    close(fd);
}

/* @path: below "sys/devices/" */
static void write_attribute(const ToolTrial *trial, const char *path, const char *name,
                            const char *text)
{
    char file[PATH_MAX];

    snprintf(file, sizeof(file), "sys/devices/%s/%s", path, name);
    fake_tree_write_text(&trial->tree, file, text);
}

void tool_trial_function(const ToolTrial *trial, const char *path)
{
    static const char zeros[CONFIG_SIZE];
    const char *bdf = strrchr(path, '/') + 1;
    char file[PATH_MAX];
    char target[PATH_MAX];

    snprintf(file, sizeof(file), "sys/devices/%s/config", path);
    fake_tree_write(&trial->tree, file, zeros, sizeof(zeros));
    write_attribute(trial, path, "remove", "");
    snprintf(file, sizeof(file), DEVICE "%s", bdf);
    snprintf(target, sizeof(target), "../../../devices/%s", path);
    fake_tree_link(&trial->tree, file, target);
}

static void make_port(const ToolTrial *trial, const char *bdf, const char *bus)
{
    char path[64];
    char name[64];

    snprintf(path, sizeof(path), ROOT_BUS "/%s", bdf);
    tool_trial_function(trial, path);
    write_attribute(trial, path, "secondary_bus_number", bus);
    snprintf(name, sizeof(name), "pci_bus/0000:0%.1s/rescan", bus);
    write_attribute(trial, path, name, "");
    tool_trial_config(trial, bdf, 0x34, 0x40);
    tool_trial_config(trial, bdf, 0x40, 0x00420010); /* PCI Express, the last capability */
}

int tool_trial_setup(void **state)
{
    ToolTrial *trial = calloc(1, sizeof(*trial));

    assert_non_null(trial);
    *state = trial;
    strcpy(trial->tree.root, "/tmp/barshift-tree-XXXXXX");
    assert_non_null(mkdtemp(trial->tree.root));
    make_port(trial, TRIAL_PORT, "1\n");
    make_port(trial, TRIAL_EMPTY_PORT, "2\n");
    tool_trial_function(trial, ROOT_BUS "/" TRIAL_PORT "/" TRIAL_FUNCTION);
    fake_tree_write_text(&trial->tree, "sys/devices/" ROOT_BUS "/pci_bus/0000:00/rescan", "");
    fake_tree_write_text(&trial->tree, "sys/bus/pci/rescan", "");
    fake_tree_write_text(&trial->tree, "sys/bus/pci/slots/1/address", "0000:01:00\n");
    fake_tree_write_text(&trial->tree, "sys/bus/pci/slots/1/power", "1\n");
    fake_tree_write_text(&trial->tree, "sys/bus/pci/slots/2/address", "0000:02:00\n");
    fake_tree_write_text(&trial->tree, "sys/bus/pci/slots/2/power", "1\n");
    return 0;
}

int tool_trial_teardown(void **state)
{
    ToolTrial *trial = *state;

    fake_tree_deinit(&trial->tree);
    free(trial);
    return 0;
}

/* A file, for a tool's own children write into it, too */
static void take_back(FILE *file, char *text)
{
    memset(text, 0, TRIAL_TEXT_SIZE);
    rewind(file);
    assert_in_range(fread(text, 1, TRIAL_TEXT_SIZE - 1, file), 0, TRIAL_TEXT_SIZE - 1);
    fclose(file);
}

int tool_trial_run(ToolTrial *trial, const char *words)
{
    Tool tool = { .root = trial->tree.root };
    char text[TRIAL_TEXT_SIZE];
    char *argv[WORDS_MAX];
    char *rest;
    int argc = 0;
    int status;

    snprintf(text, sizeof(text), "%s", words);
    for (char *word = strtok_r(text, " ", &rest); word && argc < WORDS_MAX;
         word = strtok_r(NULL, " ", &rest)) {
        argv[argc++] = word;
    }
    tool.name = argv[0];
    tool.out = tmpfile();
    tool.err = tmpfile();
    assert_true(tool_is(tool.name));
    status = tool_run(&tool, argc - 1, argv + 1);
    take_back(tool.out, trial->out);
    take_back(tool.err, trial->err);
    return status;
}

void tool_trial_expect(const ToolTrial *trial, const char *path, const char *expected)
{
    char text[TRIAL_TEXT_SIZE];

    fake_tree_read(&trial->tree, path, text, sizeof(text));
    assert_string_equal(text, expected);
}
