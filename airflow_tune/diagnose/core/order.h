/* Rows by group: sorted by counting, and counted with what became of them; one pass over them each. */

#ifndef AIRFLOW_TUNE_ORDER_H
#define AIRFLOW_TUNE_ORDER_H

#include "level.h"

/* `next` holds where each group begins, and where it ends afterwards. */
typedef struct {
    big count;
    const int32_t *order, *group;
    big *next;
    int32_t *sorted;
} ordering;

/* Sorts `order` by group; within each the rows stand as before. */
big airflow_tune_by_group(const ordering *o) {
    for (big at = 0; at < o->count; at++) o->sorted[o->next[o->group[o->order[at]]]++] = o->order[at];
    return 0;
}

/* `ended` counts each group's rows of each of so many `outcomes`, `spent` sums their `value`; both hold 0. */
typedef struct {
    big count, outcomes;
    const int32_t *group;
    const int8_t *outcome;
    const double *value;
    big *ended;
    double *spent;
} tally;

big airflow_tune_tally(const tally *t) {
    for (big at = 0; at < t->count; at++) {
        t->ended[t->group[at] * t->outcomes + t->outcome[at]]++;
        t->spent[t->group[at]] += t->value[at];
    }
    return 0;
}

#endif
