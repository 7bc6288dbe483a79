/* choice.py: which task instances are queued, and in which order. */

#ifndef AIRFLOW_TUNE_CHOICE_H
#define AIRFLOW_TUNE_CHOICE_H

#include "state.h"

static big limit_of(big value) { return value < 0 ? UNLIMITED : value; }

static big gather(sim *m, big most) {
    const plan *p = m->p;
    big count = 0;
    m->iteration++;
    for (row pool = 0; pool < p->pools; pool++) {
        m->cursor[pool] = -1;
        if (m->pool_pass[pool] == m->pass || !m->pool_left[pool]) continue;
        m->cursor[pool] = (row)next_bit(m, m->pool_base[pool]);
    }
    while (count < most) {
        row best = -1;
        for (row pool = 0; pool < p->pools; pool++)
            if (m->cursor[pool] >= 0 &&
                (best < 0 || p->order[m->at_rank[m->cursor[pool]]] < p->order[m->at_rank[m->cursor[best]]]))
                best = pool;
        if (best < 0) break;
        row one = m->at_rank[m->cursor[best]], cell = p->cell_of[one], run = p->run_of[cell];
        row dag = p->dag_of_run[run];
        big later = next_bit(m, (big)m->cursor[best] + 1);
        m->cursor[best] = later >= 0 && later < m->pool_base[best + 1] ? (row)later : -1;
        if (m->dag_pass[dag] == m->pass || m->task_pass[p->task_of[cell]] == m->pass ||
            m->cell_pass[cell] == m->pass) continue;
        if (m->s->limits_per_run) {
            big limit = limit_of(p->max_active_tasks[dag]);
            if (m->run_active[run] >= limit) continue;
            if (m->seen_pass[run] != m->iteration) { m->seen_pass[run] = m->iteration; m->seen[run] = 0; }
            if (++m->seen[run] > limit) continue;
        }
        m->batch[count++] = one;
    }
    return count;
}

static void starve(sim *m, row *set, row one) {
    if (set[one] != m->pass) { set[one] = m->pass; m->starved++; }
}

static int refused(sim *m, row one) {
    const plan *p = m->p;
    row cell = p->cell_of[one], pool = p->pool_of[cell], task = p->task_of[cell], run = p->run_of[cell];
    row dag = p->dag_of_run[run];
    big active = m->s->limits_per_run ? m->run_active[run] : m->dag_active[dag];
    if (m->open[pool] <= 0) starve(m, m->pool_pass, pool);
    else if (p->slots_of[cell] > m->open[pool]) starve(m, m->task_pass, task);
    else if (active >= limit_of(p->max_active_tasks[dag])) starve(m, m->dag_pass, dag);
    else if (m->task_active[task] >= limit_of(p->task_limit[task])) starve(m, m->task_pass, task);
    else if (m->cell_active[cell] >= limit_of(p->task_run_limit[task])) starve(m, m->cell_pass, cell);
    else if (m->free_slots[p->executor_of[cell]] <= 0) starve(m, m->task_pass, task);
    else return 0;
    return 1;
}

/* Leaves what is queued in `batch`, and returns how many. */
static big choose(sim *m, big most) {
    const plan *p = m->p;
    big total = 0;
    m->pass++;
    m->starved = 0;
    for (row pool = 0; pool < p->pools; pool++) {
        m->open[pool] = limit_of(p->pool_slots[pool]) - m->pool_used[pool];
        if (m->open[pool] > 0) total = total + m->open[pool] < UNLIMITED ? total + m->open[pool] : UNLIMITED;
        else if (!p->pool_gone[pool]) starve(m, m->pool_pass, pool);
    }
    if (total < most) most = total;
    while (most > 0) {
        big before = m->starved, room = most < m->candidates ? most : m->candidates;
        if (room > m->batch_room) {
            row *grown = realloc(m->batch, (size_t)room * sizeof *grown);
            if (!grown) { m->failed = 1; return 0; }
            m->batch = grown;
            m->batch_room = room;
        }
        big count = gather(m, room), chosen = 0;
        for (big i = 0; i < count; i++) {
            row one = m->batch[i], cell = p->cell_of[one];
            if (refused(m, one)) continue;
            m->free_slots[p->executor_of[cell]]--;
            m->open[p->pool_of[cell]] -= p->slots_of[cell];
            hold(m, one, 1);
            take(m, one);
            m->batch[chosen++] = one;
        }
        if (chosen || count < most || m->starved == before) return chosen;
    }
    return 0;
}

#endif
