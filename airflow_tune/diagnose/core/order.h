/* Rows sorted by group, in the order in which they stood: by counting, in one pass over them. */

#ifndef AIRFLOW_TUNE_ORDER_H
#define AIRFLOW_TUNE_ORDER_H

#include "level.h"

/* `next` holds where each group begins, and where it ends afterwards. */
typedef struct {
    big count;
    const big *order;
    const int32_t *group;
    big *next, *sorted;
} ordering;

big airflow_tune_by_group(const ordering *o) {
    for (big at = 0; at < o->count; at++) o->sorted[o->next[o->group[o->order[at]]]++] = o->order[at];
    return 0;
}

#endif
