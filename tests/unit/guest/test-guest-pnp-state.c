/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states of a function: everything that is legal, and that nothing else is. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pnp-state.h"

/* A line for each request that is legal in a state: its answers, and where each leads */
static const char legal[] =
    "started query-stop: ok=stop-pending refused=started failed=started timeout=started\n"
    "started cancel-stop: ok=started\n"
    "started query-requirements: ok=started failed=started timeout=started\n"
    "started filter-requirements: ok=started failed=started timeout=started\n"
    "started start: ok=started failed=failed timeout=failed\n"
    "started surprise-removal: ok=surprise-removed\n"
    "stop-pending cancel-stop: ok=started\n"
    "stop-pending query-requirements: ok=stop-pending failed=stop-pending timeout=stop-pending\n"
    "stop-pending filter-requirements: ok=stop-pending failed=stop-pending timeout=stop-pending\n"
    "stop-pending stop: ok=stopped\n"
    "stop-pending surprise-removal: ok=surprise-removed\n"
    "stopped query-requirements: ok=stopped failed=stopped timeout=stopped\n"
    "stopped filter-requirements: ok=stopped failed=stopped timeout=stopped\n"
    "stopped start: ok=started failed=failed timeout=failed\n"
    "stopped surprise-removal: ok=surprise-removed\n"
    "failed surprise-removal: ok=surprise-removed\n"
    "surprise-removed remove: ok=removed\n"
    "added query-requirements: ok=added failed=added timeout=added\n"
    "added filter-requirements: ok=added failed=added timeout=added\n"
    "added start: ok=started failed=added timeout=added\n"
    "added remove: ok=removed\n";

/* The line of a state and a request, from behind its colon; NULL when they are not legal */
static const char *legal_find(PnpState state, PnpRequest request)
{
    char begin[64];
    const char *line;

    snprintf(begin, sizeof(begin), "%s %s:", pnp_state_name(state), pnp_request_name(request));
    for (line = legal; *line != '\0'; line = strchr(line, '\n') + 1) {
        if (strncmp(line, begin, strlen(begin)) == 0) {
            return line + strlen(begin);
        }
    }
    return NULL;
}

/* Does the line say that an answer leads to a state? @to: NULL: to any */
static bool line_has(const char *line, PnpStatus status, const char *to)
{
    char text[256];
    char wanted[64];

    snprintf(text, sizeof(text), "%.*s ", (int)(strchr(line, '\n') - line), line);
    snprintf(wanted, sizeof(wanted), " %s=%s%s", pnp_status_name(status), to ? to : "",
             to ? " " : "");
    return strstr(text, wanted) != NULL;
}

static void check_one(PnpState state, PnpRequest request, PnpStatus status)
{
    const char *line = legal_find(state, request);
    char why[PNP_STATE_WHY_SIZE] = "";
    PnpState next = PNP_STATES;
    int result = pnp_state_next(state, request, status, &next, why);

    print_message("# %s, %s, %s: %d %s\n", pnp_state_name(state), pnp_request_name(request),
                  pnp_status_name(status), result, why);
    assert_int_equal(pnp_request_allowed(state, request), line != NULL);
    if (!line) {
        assert_int_equal(result, -EINVAL);
        assert_int_equal(next, PNP_STATES);
        assert_non_null(strstr(why, "must not be sent to one that is"));
    } else if (!line_has(line, status, NULL)) {
        assert_int_equal(result, -EPROTO);
        assert_int_equal(next, PNP_FAILED);
        assert_non_null(strstr(why, "must not end as"));
    } else {
        assert_int_equal(result, 0);
        assert_true(line_has(line, status, pnp_state_name(next)));
    }
}

static void test_product(void **state)
{
    (void)state;
    for (int from = 0; from < PNP_STATES; from++) {
        for (int request = 0; request < PNP_REQUESTS; request++) {
            for (int status = 0; status < PNP_STATUSES; status++) {
                check_one((PnpState)from, (PnpRequest)request, (PnpStatus)status);
            }
        }
    }
}

/* A line that names nothing would let the product pass without it */
static void test_every_line_counts(void **state)
{
    size_t lines = 0;
    size_t found = 0;

    (void)state;
    for (const char *at = legal; *at != '\0'; at++) {
        lines += *at == '\n';
    }
    for (int from = 0; from < PNP_STATES; from++) {
        for (int request = 0; request < PNP_REQUESTS; request++) {
            found += legal_find((PnpState)from, (PnpRequest)request) != NULL;
        }
    }
    assert_int_equal(found, lines);
}

static void test_names(void **state)
{
    (void)state;
    for (int request = 0; request < PNP_REQUESTS; request++) {
        assert_int_equal(pnp_request_parse(pnp_request_name((PnpRequest)request)), request);
    }
    assert_int_equal(pnp_request_parse("QUERY_STOP"), -EINVAL);
    assert_int_equal(pnp_request_parse(""), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "/pnp-state/product/legal-leads-on-and-the-rest-is-refused", test_product, NULL, NULL,
          NULL },
        { "/pnp-state/product/every-legal-line-is-met", test_every_line_counts, NULL, NULL, NULL },
        { "/pnp-request/names/are-parsed", test_names, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests_name("pnp-state", tests, NULL, NULL);
}
