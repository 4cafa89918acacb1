/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver-reports.h"

#include "error.h"
#include "json-member.h"

static void report_free(gpointer data)
{
    DriverReport *report = data;

    g_strfreev(report->breaches);
    g_array_unref(report->events);
    g_free(report);
}

static void parse_events(DriverReport *report, JsonArray *array)
{
    for (guint i = 0; i < json_array_length(array); i++) {
        JsonObject *object = json_array_object(array, i);
        DriverEvent event = {
            .time_ns = json_member_int(object, "time_ns", 0),
            .request = json_member_string(object, "request", ""),
            .driver = json_member_string(object, "driver", ""),
            .callback = json_member_string(object, "callback", ""),
            .status = json_member_string(object, "status", ""),
            .detail = json_member_string(object, "detail", NULL),
        };

        g_array_append_val(report->events, event);
    }
}

/* A counter that is not told is one that is wrong: all are to be there. */
static gboolean parse_counters(DriverReport *report, JsonObject *counters)
{
    const struct {
        const char *name;
        gint64 *value;
    } rows[] = {
        { "lost", &report->lost },
        { "errors", &report->errors },
        { "since_start", &report->since_start },
        { "interrupts_raised", &report->interrupts_raised },
        { "interrupts_arrived", &report->interrupts_arrived },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (counters == NULL || !json_member_has_int(counters, rows[i].name)) {
            return FALSE;
        }
        *rows[i].value = json_member_int(counters, rows[i].name, 0);
    }
    return TRUE;
}

static gboolean parse_driver(DriverReports *reports, JsonObject *object)
{
    DriverReport *report = g_new0(DriverReport, 1);
    JsonArray *trace = json_member_array(object, "trace");

    g_ptr_array_add(reports->drivers, report);
    report->events = g_array_new(FALSE, FALSE, sizeof(DriverEvent));
    report->tag = (guint32)json_member_int(object, "tag", 0);
    report->path = json_member_string(object, "path", "");
    report->bdf = json_member_string(object, "bdf", "");
    report->model = json_member_string(object, "model", "");
    report->back_end = json_member_string(object, "back_end", "");
    report->state = json_member_string(object, "state", "");
    report->breaches = json_member_strings(object, "breaches");
    parse_events(report, trace);
    return parse_counters(report, json_member_object(object, "counters")) && trace != NULL &&
           report->breaches != NULL;
}

static gboolean parse_drivers(DriverReports *reports)
{
    JsonArray *array = reports->json == NULL || !JSON_NODE_HOLDS_OBJECT(reports->json)
                           ? NULL
                           : json_member_array(json_node_get_object(reports->json), "drivers");

    for (guint i = 0; i < json_array_length(array); i++) {
        if (!parse_driver(reports, json_array_object(array, i))) {
            return FALSE;
        }
    }
    return array != NULL;
}

DriverReports *driver_reports_parse(const char *text, GError **error)
{
    g_autoptr(DriverReports) reports = g_new0(DriverReports, 1);
    g_autoptr(GError) cause = NULL;

    reports->drivers = g_ptr_array_new_with_free_func(report_free);
    reports->json = json_from_string(text, &cause);
    if (!parse_drivers(reports)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "the guest's report of its drivers is no JSON object with drivers that have "
                    "counters, breaches and a trace: %s", cause != NULL ? cause->message : text);
        return NULL;
    }
    return g_steal_pointer(&reports);
}

void driver_reports_free(DriverReports *reports)
{
    if (reports != NULL) {
        g_ptr_array_unref(reports->drivers);
        g_clear_pointer(&reports->json, json_node_unref);
        g_free(reports);
    }
}

void driver_reports_name(DriverReports *reports, const Scenario *scenario, JsonNode *pci)
{
    for (guint f = 0; f < scenario->functions->len; f++) {
        const Function *function = g_ptr_array_index(scenario->functions, f);
        g_autofree char *path = pci_find_path(pci, function->name);

        for (guint i = 0; path != NULL && i < reports->drivers->len; i++) {
            DriverReport *report = g_ptr_array_index(reports->drivers, i);

            if (g_str_equal(report->path, path)) {
                report->function = function;
            }
        }
    }
}

const DriverReport *driver_reports_find(const DriverReports *reports, const Function *function)
{
    for (guint i = 0; reports != NULL && i < reports->drivers->len; i++) {
        const DriverReport *report = g_ptr_array_index(reports->drivers, i);

        if (report->tag == 0 ? report->function == function : report->tag == function->tag) {
            return report;
        }
    }
    return NULL;
}

const DriverReport *driver_reports_find_path(const DriverReports *reports, const char *path)
{
    for (guint i = 0; reports != NULL && i < reports->drivers->len; i++) {
        const DriverReport *report = g_ptr_array_index(reports->drivers, i);

        if (g_str_equal(report->path, path)) {
            return report;
        }
    }
    return NULL;
}
