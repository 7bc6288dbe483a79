/* The simulation of machine.py, step by step the same, for histories of millions of task instances.

   It reads and writes the columns of Plan and Played in place. Every floating-point operation stands here in
   the order in which it stands there, so that both give the same bytes; tests/simulate/test_native.py holds
   one against the other. What a step means is said there, and only there.

   The files of core/ are one unit for the compiler, which makes one loop of them. */

#include "core/passes.h"
#include "core/setup.h"

/* Plays `p` under `s`; the columns of `o` hold NaN before. Returns 0, or 1 where memory does not suffice. */
int airflow_tune_play(const plan *p, const system_t *s, uint64_t seed, played *o) {
    sim m = {.p = p, .s = s, .o = o, .seed = seed};
    set_up(&m);
    if (!m.failed) play(&m);
    take_down(&m);
    return m.failed;
}
