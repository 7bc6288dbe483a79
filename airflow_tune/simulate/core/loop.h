/* machine.py: a scheduler's pass, and when the next one is worth playing. */

#ifndef AIRFLOW_TUNE_LOOP_H
#define AIRFLOW_TUNE_LOOP_H

#include "crew.h"
#include "entry.h"

#include <math.h>

static void ask(sim *m) {
    for (big i = 0; i < m->s->schedulers; i++) m->loops[i].asked = 1;
}

static void schedule(sim *m, row one, double now) {
    row stint = m->stint[one];
    if (stint == m->p->first_stint[one + 1]) {
        m->o->instant[one] = now;
        finish(m, one, now);
        return;
    }
    m->o->scheduled[stint] = now;
    offer(m, one);
    ask(m);
}

static void begin_pass(sim *m, loop *l, double now) {
    l->count++;
    uint64_t place = (uint64_t)l->number * ((uint64_t)1 << 32) + (uint64_t)l->count;
    l->body = quantile(m->s->body, m->s->body_size, uniform(m->seed, DRAW_BODY, place));
    l->begun = now;
    l->phase = EXAMINE;
    l->idle = 0;
    l->at = now + m->s->examine_share * l->body;
}

static int anything(const sim *m, const loop *l) {
    int reaches = m->dirties[0] || (m->dirties[1] && m->ring.size < m->s->runs_examined);
    return m->changed || reaches || m->pods[l->number].size || (l->asked && m->candidates);
}

static int freed(const sim *m, const loop *l) {
    if (!m->candidates) return 0;
    for (row e = 0; e < m->p->executors; e++) if (m->done[l->number * m->p->executors + e]) return 1;
    return 0;
}

static void skip_to(sim *m, loop *l, double now) {
    double from = l->begun;
    if (from < now) {
        double period = m->s->idle_sleep_s + m->s->body[m->s->body_size / 2];
        double passes = ceil((now - from) / period);
        from += passes * period;
        if (m->ring.size) {
            big turns = (big)(fmod(passes, (double)m->ring.size)) * m->s->runs_examined % m->ring.size;
            for (big i = 0; i < turns; i++) run_append(m, &m->ring, run_pop(m, &m->ring));
        }
    }
    begin_pass(m, l, from);
}

static void wake(sim *m, double now) {
    for (big i = 0; i < m->s->schedulers; i++) {
        loop *l = &m->loops[i];
        if (l->idle && (anything(m, l) || freed(m, l))) skip_to(m, l, now);
    }
}

#endif
