/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which callbacks each request has to bring, as contract.c holds a trace against it. */
#ifndef BARSHIFT_CONTRACT_ORDERS_H
#define BARSHIFT_CONTRACT_ORDERS_H

#include "driver-model.h"

typedef enum ContractRule {
    MAY_END = 1 << 0,       /* anything but ok: the request is refused, or START has failed */
    TOLERATED = 1 << 1,     /* anything but ok: the request goes on as if nothing was */
    AFTER_FAILURE = 1 << 2, /* only behind what has ended the request */
    IF_DMA = 1 << 3,
    IF_FIRST = 1 << 4,      /* only at the first START: never again */
    IF_RESTART = 1 << 5,
    IF_STARTED = 1 << 6,    /* START without a STOP */
    IF_POST_DISPLAY = 1 << 7,
    IF_CHILDREN = 1 << 8,
    IF_PULLED = 1 << 9,
    OR_ABOVE = 1 << 10,     /* only when the entry above was not called, or not ok */
    IN_ORDER = 1 << 11,     /* #0 before #1 */
} ContractRule;

typedef enum ContractCount {
    ONCE,
    EACH_INTERRUPT,
    EACH_REQUEST,
    EACH_HELD,
    EACH_STREAM,
    EACH_SUBDEVICE,
} ContractCount;

/**
 * struct ContractEntry - a callback that a request brings
 * @place: what has a lower one comes before; the same: in any order
 * @word: in the detail of its event; NULL: anything
 */
typedef struct ContractEntry {
    PnpRequest request;
    unsigned place;
    const char *driver;
    const char *callback;
    const char *source;
    unsigned rules; /* of enum ContractRule */
    ContractCount count;
    const char *word;
    unsigned with; /* options, as in struct ModelStep */
    unsigned without;
} ContractEntry;

/**
 * struct ContractOrders - all of a framework
 * @base: those of another framework hold, too; NULL: none
 * @takes_start: START of a started device is documented
 * @simulates_stop: and brings first what STOP brings: KMDF, and what stands on it
 */
typedef struct ContractOrders {
    const char *name;
    const ContractEntry *entries;
    unsigned count;
    const struct ContractOrders *base;
    bool takes_start;
    bool simulates_stop;
    bool streams_stay; /* in STOP after a rebalance, until an application runs them */
} ContractOrders;

/** contract_orders_find() - NULL when no framework has the name */
const ContractOrders *contract_orders_find(const char *name);

#endif
