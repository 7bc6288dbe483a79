/* life.py, Entry: DAG runs are created, started and examined in turn. */

#ifndef AIRFLOW_TUNE_ENTRY_H
#define AIRFLOW_TUNE_ENTRY_H

#include "choice.h"
#include "life.h"

static void enqueue_run(sim *m, row run, double now) {
    m->o->created[run] = now;
    run_append(m, &(m->p->backfill[run] ? m->queued_late : m->queued)[m->p->dag_of_run[run]], run);
}

static void arrive(sim *m, row run, double now) {
    row dag = m->p->dag_of_run[run];
    if (m->p->scheduled_run[run]) run_append(m, &m->due[dag], run);
    else enqueue_run(m, run, now);
    if (!m->is_waiting[dag]) { m->is_waiting[dag] = 1; m->waiting[m->waitings++] = dag; }
    m->changed = 1;
}

typedef struct { big late, few; row run; } candidate;

static int by_run(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->late != y->late) return x->late < y->late ? -1 : 1;
    if (x->few != y->few) return x->few < y->few ? -1 : 1;
    return x->run < y->run ? -1 : x->run > y->run;
}

static int create_runs(sim *m, double now, candidate *able) {
    big count = 0;
    for (big i = 0; i < m->waitings; i++) {
        row dag = m->waiting[i];
        if (m->due[dag].size && m->running[dag] + m->queued[dag].size < limit_of(m->p->max_active_runs[dag]))
            able[count++] = (candidate){0, 0, m->due[dag].head};
    }
    qsort(able, (size_t)count, sizeof *able, by_run);
    for (big i = 0; i < count && i < m->s->runs_created; i++)
        enqueue_run(m, run_pop(m, &m->due[m->p->dag_of_run[able[i].run]]), now);
    return count > 0;
}

static big startable(sim *m, candidate *found, row dag, int late) {
    list *line = &(late ? m->queued_late : m->queued)[dag];
    row *running = late ? m->running_late : m->running;
    big count = 0;
    if (running[dag] >= limit_of(m->p->max_active_runs[dag]) || !line->size) return 0;
    for (row run = line->head; run >= 0 && count < m->s->runs_examined; run = m->run_next[run])
        found[count++] = (candidate){late, m->s->fewest_runs_first ? running[dag] : 0, run};
    return count;
}

static int start_runs(sim *m, double now, candidate *found) {
    const plan *p = m->p;
    big count = 0, begun = 0;
    for (big i = 0; i < m->waitings; i++) {
        count += startable(m, found + count, m->waiting[i], 0);
        count += startable(m, found + count, m->waiting[i], 1);
    }
    qsort(found, (size_t)count, sizeof *found, by_run);
    int capped = count > m->s->runs_examined;
    if (capped) count = m->s->runs_examined;
    for (big i = 0; i < count; i++) {
        row run = found[i].run, dag = p->dag_of_run[run];
        row *running = found[i].late ? m->running_late : m->running;
        if (running[dag] >= limit_of(p->max_active_runs[dag])) continue;
        run_remove(m, &(found[i].late ? m->queued_late : m->queued)[dag], run);
        running[dag]++;
        begin(m, run, now);
        found[begun++] = found[i];
    }
    for (big i = begun - 1; i >= 0; i--) if (!found[i].late) run_prepend(m, &m->ring, found[i].run);
    for (big i = 0; i < begun; i++) if (found[i].late) run_append(m, &m->late_ring, found[i].run);
    big kept = 0;
    for (big i = 0; i < m->waitings; i++) {
        row dag = m->waiting[i];
        m->is_waiting[dag] = m->due[dag].size || m->queued[dag].size || m->queued_late[dag].size;
        if (m->is_waiting[dag]) m->waiting[kept++] = dag;
    }
    m->waitings = kept;
    return capped && begun > 0;
}

static void step(sim *m, double now) {
    if (!m->changed) return;
    big room = m->waitings * (2 * m->s->runs_examined + 1);
    candidate *found = malloc((size_t)(room ? room : 1) * sizeof *found);
    if (!found) { m->failed = 1; return; }
    int more = create_runs(m, now, found);
    m->changed = more | start_runs(m, now, found);
    free(found);
}

#endif
