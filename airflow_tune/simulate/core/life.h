/* life.py, Life: task instances become ready, and finish. */

#ifndef AIRFLOW_TUNE_LIFE_H
#define AIRFLOW_TUNE_LIFE_H

#include "lists.h"

#include <math.h>

static big size_of(const sim *m, row cell) { return m->p->first_instance[cell + 1] - m->p->first_instance[cell]; }

static void make_dirty(sim *m, row run) {
    if (!m->dirty[run]) { m->dirty[run] = 1; m->dirties[m->p->backfill[run] != 0]++; }
}

static void pend(sim *m, row one, row run, double now) {
    if (m->stint[one] < m->p->first_stint[one + 1]) m->o->ready[m->stint[one]] = now;
    append(m, &m->pending[run], one);
    make_dirty(m, run);
}

static void make_ready(sim *m, row cell, row run, double now) {
    for (row one = m->p->first_instance[cell]; one < m->p->first_instance[cell + 1]; one++) pend(m, one, run, now);
}

static int past(const sim *m, row run, row cell) {
    row before = m->p->before[run];
    if (before < 0 || !m->p->on_past[m->p->task_of[cell]]) return 0;
    row other = m->p->first_cell[before] + cell - m->p->first_cell[run];
    int finished = !isnan(m->o->started[before]) && !m->left_in_cell[other];
    return finished || !size_of(m, other) ? 0 : 1;
}

static void begin(sim *m, row run, double now) {
    const plan *p = m->p;
    m->o->started[run] = now;
    row offset = p->first_cell[run] - p->first_task[p->dag_of_run[run]];
    for (row cell = p->first_cell[run]; cell < p->first_cell[run + 1]; cell++) {
        row task = p->task_of[cell], above = 0;
        m->left_in_cell[cell] = (row)size_of(m, cell);
        m->left_in_run[run] += (row)size_of(m, cell);
        for (row i = p->first_upstream[task]; i < p->first_upstream[task + 1]; i++)
            above += size_of(m, offset + p->upstream[i]) > 0;
        if (p->trigger_rule[task] == RULE_NO_UPSTREAM) above = 0;
        else if (p->trigger_rule[task] == RULE_FIRST && above > 1) above = 1;
        m->waits_for[cell] = above + past(m, run, cell);
    }
    make_dirty(m, run);
    for (row cell = p->first_cell[run]; cell < p->first_cell[run + 1]; cell++)
        if (!m->waits_for[cell]) make_ready(m, cell, run, now);
}

static void one_less(sim *m, row cell, row run, double now) {
    if (!--m->waits_for[cell]) make_ready(m, cell, run, now);
}

static void finish(sim *m, row one, double now) {
    const plan *p = m->p;
    row cell = p->cell_of[one], run = p->run_of[cell], task = p->task_of[cell];
    row offset = p->first_cell[run] - p->first_task[p->dag_of_run[run]];
    m->left_in_cell[cell]--;
    m->left_in_run[run]--;
    int done = !m->left_in_cell[cell], first = m->left_in_cell[cell] == size_of(m, cell) - 1;
    for (row i = m->first_down[task]; i < m->first_down[task + 1]; i++) {
        row below = m->down[i];
        int8_t rule = p->trigger_rule[below];
        if ((done && rule == RULE_ALL) || (first && rule == RULE_FIRST)) one_less(m, offset + below, run, now);
    }
    if (done && p->on_past[task] && m->after[run] >= 0) {
        row later = m->after[run];
        if (!isnan(m->o->started[later])) one_less(m, p->first_cell[later] + cell - p->first_cell[run], later, now);
    }
    if (!m->left_in_run[run]) make_dirty(m, run);
}

#endif
