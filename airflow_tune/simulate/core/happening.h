/* machine.py: what happens between the passes of the schedulers' loops. */

#ifndef AIRFLOW_TUNE_HAPPENING_H
#define AIRFLOW_TUNE_HAPPENING_H

#include "loop.h"
#include "sharing.h"

static void send_all(sim *m, loop *l, double now) {
    while (l->left) {
        row one = l->sending[l->left - 1];
        if (full(m, one, l->number)) { l->blocked = 1; l->at = INFINITY; return; }
        l->left--;
        send_one(m, one, l->number, now);
    }
    make_pods(m, l->number, now);
    l->blocked = 0;
    l->phase = READ;
    l->at = now + (1.0 - m->s->choose_share) * l->body;
}

static void end_stint(sim *m, row one, double now) {
    const plan *p = m->p;
    row stint = m->stint[one], cell = p->cell_of[one], run = p->run_of[cell];
    int8_t then = p->then[stint];
    hold(m, one, -1);
    ask(m);
    m->stint[one]++;
    if (then == DONE) {
        list *line = &m->pending[run], before = *line;
        finish(m, one, now);
        if (m->s->mini_scheduler && line->size > before.size) {
            row follow = before.size ? m->next[before.tail] : line->head;
            big count = line->size - before.size;
            *line = before;
            if (before.size) m->next[before.tail] = -1;
            while (count--) {
                row later = m->next[follow];
                schedule(m, follow, now);
                follow = later;
            }
        }
        return;
    }
    int until = then == RESCHEDULE_UNTIL || then == DEFER_UNTIL;
    double at = (until ? p->due_s[run] : now) + p->gap_s[stint];
    if (at < now) at = now;
    if (then == DEFER || then == DEFER_UNTIL) { park(m, one, 1); push(m, at, FIRE, -1, one); }
    else push(m, at, DUE, -1, one);
}

static void free_slot(sim *m, event e) {
    row executor = m->p->executor_of[m->p->cell_of[e.what]];
    big scheduler = m->sent_by[e.what];
    if (bounded(m, executor)) m->done[scheduler * m->p->executors + executor]++;
    if (e.worker >= 0) {
        release(m, e.worker, e.at);
        if (m->loops[scheduler].blocked) send_all(m, &m->loops[scheduler], e.at);
    }
}

static void await(sim *m, row number) {
    host *h = &m->hosts[number];
    double at = settle(m, h);
    h->awaited = 0;
    if (at < INFINITY) {
        push(m, at, OVER, -1, number);
        h->awaited = m->pushed;
    }
}

static void begin_work(sim *m, row one, double now) {
    row stint = m->stint[one], number = m->on_host[one];
    advance(m, number, now);
    join(m, number, one, m->p->demand[stint], m->p->work_s[stint]);
    if (!m->failed) await(m, number);
}

static void work_over(sim *m, row number, double now) {
    advance(m, number, now);
    row one = leave(m, number);
    m->o->end[m->stint[one]] = now;
    push_free(m, now, one, number);
    end_stint(m, one, now);
    await(m, number);
}

static void happen(sim *m, event e) {
    if (e.kind == BEGIN) { begin_work(m, e.what, e.at); return; }
    if (e.kind == OVER) {
        if (m->hosts[e.what].awaited != e.count) return;
        work_over(m, e.what, e.at);
    } else if (e.kind == END) end_stint(m, e.what, e.at);
    else if (e.kind == FREE) free_slot(m, e);
    else if (e.kind == DUE) pend(m, e.what, m->p->run_of[m->p->cell_of[e.what]], e.at);
    else {
        park(m, e.what, -1);
        m->o->ready[m->stint[e.what]] = e.at;
        schedule(m, e.what, e.at);
    }
    wake(m, e.at);
}

#endif
