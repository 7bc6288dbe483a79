/* state.py: candidates are bits, pool by pool in the scheduler's order, with a bit per word above them. */

#ifndef AIRFLOW_TUNE_STATE_H
#define AIRFLOW_TUNE_STATE_H

#include "sim.h"

static void set_bit(sim *m, big at) {
    for (int level = 0; level < m->levels; level++, at >>= 6) {
        uint64_t *word = &m->bits[level][at >> 6], was = *word;
        *word |= (uint64_t)1 << (at & 63);
        if (was) return;
    }
}

static void clear_bit(sim *m, big at) {
    for (int level = 0; level < m->levels; level++, at >>= 6) {
        uint64_t *word = &m->bits[level][at >> 6];
        *word &= ~((uint64_t)1 << (at & 63));
        if (*word) return;
    }
}

/* The first set bit from `at` on, or -1. */
static big next_bit(const sim *m, big at) {
    int level = 0;
    while (level < m->levels) {
        big word = at >> 6;
        if (word >= m->words[level]) return -1;
        uint64_t rest = m->bits[level][word] >> (at & 63);
        if (rest) {
            at += __builtin_ctzll(rest);
            while (level > 0) {
                level--;
                at = (at << 6) + __builtin_ctzll(m->bits[level][at]);
            }
            return at;
        }
        at = word + 1;
        level++;
    }
    return -1;
}

static void offer(sim *m, row one) {
    set_bit(m, m->rank[one]);
    m->candidates++;
    m->pool_left[m->p->pool_of[m->p->cell_of[one]]]++;
}

static void take(sim *m, row one) {
    clear_bit(m, m->rank[one]);
    m->candidates--;
    m->pool_left[m->p->pool_of[m->p->cell_of[one]]]--;
}

static void hold(sim *m, row one, int sign) {
    const plan *p = m->p;
    row cell = p->cell_of[one], run = p->run_of[cell];
    m->pool_used[p->pool_of[cell]] += sign * (big)p->slots_of[cell];
    m->run_active[run] += sign;
    m->dag_active[p->dag_of_run[run]] += sign;
    m->task_active[p->task_of[cell]] += sign;
    m->cell_active[cell] += sign;
}

static void park(sim *m, row one, int sign) {
    const plan *p = m->p;
    row cell = p->cell_of[one], pool = p->pool_of[cell];
    if (p->pool_keeps_deferred[pool]) m->pool_used[pool] += sign * (big)p->slots_of[cell];
    if (m->s->counts_deferred) {
        m->task_active[p->task_of[cell]] += sign;
        m->cell_active[cell] += sign;
    }
}

#endif
