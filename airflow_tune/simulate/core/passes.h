/* machine.py: what one pass of a scheduler's loop does. */

#ifndef AIRFLOW_TUNE_PASSES_H
#define AIRFLOW_TUNE_PASSES_H

#include "happening.h"

static void examine_run(sim *m, row run, double now, row *finished, big *count) {
    if (!m->dirty[run]) return;
    m->dirty[run] = 0;
    m->dirties[m->p->backfill[run] != 0]--;
    list line = m->pending[run];
    m->pending[run].size = 0;
    if (!m->left_in_run[run]) { m->o->ended[run] = now; finished[(*count)++] = run; }
    row one = line.head;
    for (big i = 0; i < line.size; i++) {
        row later = m->next[one];
        schedule(m, one, now);
        one = later;
    }
}

static void examine(sim *m, double now) {
    step(m, now);
    big most = m->s->runs_examined, count = 0, finished = 0;
    row *found = m->found;
    list *rings[2] = {&m->ring, &m->late_ring};
    big taken[2];
    for (int late = 0; late < 2; late++) {
        taken[late] = rings[late]->size < most - count ? rings[late]->size : most - count;
        for (big i = 0; i < taken[late]; i++) found[count++] = run_pop(m, rings[late]);
    }
    for (big i = 0; i < count; i++) run_append(m, rings[i >= taken[0]], found[i]);
    row *over = found + most;
    for (big i = 0; i < count; i++) examine_run(m, found[i], now, over, &finished);
    for (big i = 0; i < finished; i++) {
        row run = over[i], dag = m->p->dag_of_run[run];
        run_remove(m, rings[m->p->backfill[run] != 0], run);
        (m->p->backfill[run] ? m->running_late : m->running)[dag]--;
        if (m->is_waiting[dag]) m->changed = 1;
    }
}

static int by_weight(const void *a, const void *b) {
    const big *x = a, *y = b;
    return x[0] != y[0] ? (x[0] < y[0] ? -1 : 1) : (x[1] < y[1] ? -1 : x[1] > y[1]);
}

static void choose_and_send(sim *m, loop *l, double now) {
    l->queued_some = 0;
    if (l->asked) {
        l->asked = 0;
        big slots = m->s->parallelism ? m->s->parallelism : UNLIMITED, held = 0, left = 0;
        for (row e = 0; e < m->p->executors; e++) {
            big used = m->occupied[l->number * m->p->executors + e];
            m->free_slots[e] = slots - used;
            left += slots - used;
            held += used;
        }
        big room = slots - held, most = m->s->max_tis_per_query ? m->s->max_tis_per_query : room;
        if (room < most) most = room;
        if (most > 0 && left > 0) {
            big count = choose(m, most);
            big *keys = malloc((size_t)(count ? count : 1) * 2 * sizeof *keys);
            row *sending = realloc(l->sending, (size_t)(count ? count : 1) * sizeof *sending);
            if (!keys || !sending) { m->failed = 1; free(keys); if (sending) l->sending = sending; return; }
            l->sending = sending;
            for (big i = 0; i < count; i++) {
                row one = m->batch[i];
                m->o->queued[m->stint[one]] = now;
                m->sent_by[one] = (int8_t)l->number;
                keys[2 * i] = -(big)m->p->weight_of[m->p->cell_of[one]];
                keys[2 * i + 1] = i;
            }
            qsort(keys, (size_t)count, 2 * sizeof *keys, by_weight);
            for (big i = 0; i < count; i++) l->sending[count - 1 - i] = m->batch[keys[2 * i + 1]];
            free(keys);
            l->left = count;
            l->asked = l->queued_some = count > 0;
        }
    }
    send_all(m, l, now);
}

static void go_on(sim *m, loop *l) {
    double now = l->at;
    if (l->phase == EXAMINE) {
        examine(m, now);
        l->phase = CHOOSE;
        l->at = l->begun + m->s->choose_share * l->body;
    } else if (l->phase == CHOOSE) {
        choose_and_send(m, l, now);
    } else {
        if (read_done(m, l->number)) l->asked = 1;
        double next = now + (l->queued_some ? 0.0 : m->s->idle_sleep_s);
        begin_pass(m, l, next);
        if (!anything(m, l)) { l->idle = 1; l->begun = next; l->at = INFINITY; }
    }
}

static void play(sim *m) {
    const plan *p = m->p;
    while (!m->failed) {
        loop *l = m->loops;
        for (big i = 1; i < m->s->schedulers; i++) if (m->loops[i].at < l->at) l = &m->loops[i];
        double soonest = m->event_count ? m->events[0].at : INFINITY;
        double arrival = m->arrived < p->runs ? p->due_s[m->arrived] : INFINITY;
        if (arrival < INFINITY && arrival <= soonest && arrival <= l->at) {
            arrive(m, (row)m->arrived++, arrival);
            wake(m, arrival);
        } else if (soonest < INFINITY && soonest <= l->at) happen(m, pop_event(m));
        else if (l->at < INFINITY) go_on(m, l);
        else return;
    }
}

#endif
