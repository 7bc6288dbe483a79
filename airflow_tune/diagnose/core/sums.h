/* Charges summed up by limit: how much, of how many, from when to when, and who waited longest. */

#ifndef AIRFLOW_TUNE_SUMS_H
#define AIRFLOW_TUNE_SUMS_H

#include "level.h"

#define EXAMPLES 3
#define NEVER INT64_MIN

typedef struct {
    big count;
    const int32_t *row, *limit;
    const big *micros;
    const big *scheduled, *queued, *start; /* of each row, NEVER where it is not known */
    big now;
    int32_t *last; /* row of each limit, -1 before the first */
    big *spent, *held, *begin, *end;
    big *longest;      /* limit × EXAMPLES, -1 before the first */
    int32_t *examples; /* their rows */
} sums;

static void compare(const sums *s, big limit, big micros, int32_t row) {
    big *longest = s->longest + limit * EXAMPLES;
    int32_t *examples = s->examples + limit * EXAMPLES;
    int at = EXAMPLES;
    for (; at && (micros > longest[at - 1] || (micros == longest[at - 1] && row < examples[at - 1])); at--)
        if (at < EXAMPLES) longest[at] = longest[at - 1], examples[at] = examples[at - 1];
    if (at < EXAMPLES) longest[at] = micros, examples[at] = row;
}

/* The charges of one row to one limit stand beside one another, as far as those of the limit go. */
big airflow_tune_sums(const sums *s) {
    for (big at = 0; at < s->count; at++) {
        big row = s->row[at], limit = s->limit[at], since = s->scheduled[row];
        if (since == NEVER) since = s->queued[row] == NEVER ? s->start[row] : s->queued[row];
        big until = s->start[row] == NEVER ? s->now : s->start[row];
        s->spent[limit] += s->micros[at];
        if (s->last[limit] != row) s->held[limit]++, s->last[limit] = (int32_t)row;
        if (since < s->begin[limit]) s->begin[limit] = since;
        if (until > s->end[limit]) s->end[limit] = until;
        compare(s, limit, s->micros[at], (int32_t)row);
    }
    return 0;
}

#endif
