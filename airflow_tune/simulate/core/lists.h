/* Lists of task instances (linked by `next`) and of DAG runs (linked both ways). */

#ifndef AIRFLOW_TUNE_LISTS_H
#define AIRFLOW_TUNE_LISTS_H

#include "sim.h"

static void append(sim *m, list *l, row one) {
    m->next[one] = -1;
    if (l->size++) m->next[l->tail] = one; else l->head = one;
    l->tail = one;
}

static row pop(sim *m, list *l) {
    row one = l->head;
    l->head = m->next[one];
    l->size--;
    return one;
}

static void run_append(sim *m, list *l, row run) {
    m->run_next[run] = -1;
    m->run_prev[run] = l->size ? l->tail : -1;
    if (l->size++) m->run_next[l->tail] = run; else l->head = run;
    l->tail = run;
}

static void run_prepend(sim *m, list *l, row run) {
    m->run_prev[run] = -1;
    m->run_next[run] = l->size ? l->head : -1;
    if (l->size++) m->run_prev[l->head] = run; else l->tail = run;
    l->head = run;
}

static void run_remove(sim *m, list *l, row run) {
    row before = m->run_prev[run], after = m->run_next[run];
    if (before >= 0) m->run_next[before] = after; else l->head = after;
    if (after >= 0) m->run_prev[after] = before; else l->tail = before;
    l->size--;
}

static row run_pop(sim *m, list *l) {
    row run = l->head;
    run_remove(m, l, run);
    return run;
}

#endif
