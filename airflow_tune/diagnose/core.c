/* The inner loops of the diagnosis, for histories of millions of task instances: one pass each, in place of
   the several that numpy takes, and without its columns in between.

   They read and write numpy's columns in place. Each gives the same bytes as its twin in Python, which says
   what it means; tests/diagnose/test_native.py holds one against the other. */

#include "core/level.h"
#include "core/charge.h"
#include "core/looks.h"
#include "core/order.h"
#include "core/sums.h"
