/* Codes for byte strings, in the order in which they were first seen. */

typedef struct {
    char *bytes;          /* all strings, one behind the other */
    big *first;           /* where each begins; one more says where the last one ends */
    uint64_t *hash;       /* of each */
    row *slot;            /* open addressing: a code, -1 where nothing is */
    big count, room, bytes_room, slots;
} names;

static int names_start(names *n)
{
    memset(n, 0, sizeof *n);
    n->room = 64, n->bytes_room = 4096, n->slots = 128;
    n->bytes = malloc(n->bytes_room);
    n->first = malloc((n->room + 1) * sizeof *n->first);
    n->hash = malloc(n->room * sizeof *n->hash);
    n->slot = malloc(n->slots * sizeof *n->slot);
    if (!n->bytes || !n->first || !n->hash || !n->slot) return 0;
    n->first[0] = 0;
    memset(n->slot, -1, n->slots * sizeof *n->slot);
    return 1;
}

static void names_end(names *n)
{
    free(n->bytes), free(n->first), free(n->hash), free(n->slot);
    free(n);
}

static uint64_t mixed(uint64_t seed, uint64_t word)
{
    uint64_t found = (seed ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return found ^ found >> 29;
}

static uint64_t hash_of(const char *key, big size)
{
    uint64_t found = (uint64_t)size, word;
    for (; size >= 8; key += 8, size -= 8) {
        memcpy(&word, key, 8);
        found = mixed(found, word);
    }
    word = 0;
    memcpy(&word, key, (size_t)size);
    return mixed(mixed(found, word), 0);
}

static int same(const names *n, row code, const char *key, big size)
{
    big at = n->first[code];
    return n->first[code + 1] - at == size && !memcmp(n->bytes + at, key, (size_t)size);
}

/* Make `*block` hold `need` elements of `size` bytes; `*room` is how many it holds. */
static int roomy(void **block, big *room, big need, size_t size)
{
    if (need <= *room) return 1;
    big wide = need > 2 * *room ? need : 2 * *room;
    void *moved = realloc(*block, (size_t)wide * size);
    if (!moved) return 0;
    *block = moved, *room = wide;
    return 1;
}

static int rehashed(names *n)
{
    big slots = 2 * n->slots;
    row *slot = malloc((size_t)slots * sizeof *slot);
    if (!slot) return 0;
    memset(slot, -1, (size_t)slots * sizeof *slot);
    for (row code = 0; code < n->count; code++) {
        uint64_t at = n->hash[code] & (uint64_t)(slots - 1);
        while (slot[at] >= 0) at = (at + 1) & (uint64_t)(slots - 1);
        slot[at] = code;
    }
    free(n->slot);
    n->slot = slot, n->slots = slots;
    return 1;
}

static int names_add(names *n, uint64_t hash, uint64_t at, const char *key, big size)
{
    big end = n->first[n->count], room = n->room;
    if (!roomy((void **)&n->bytes, &n->bytes_room, end + size, 1)) return 0;
    if (n->count == n->room) {
        big more = n->room + 1;
        if (!roomy((void **)&n->first, &more, 2 * room + 1, sizeof *n->first)) return 0;
        if (!roomy((void **)&n->hash, &n->room, 2 * room, sizeof *n->hash)) return 0;
    }
    memcpy(n->bytes + end, key, (size_t)size);
    n->hash[n->count] = hash;
    n->slot[at] = (row)n->count;
    n->first[++n->count] = end + size;
    return 2 * n->count <= n->slots || rehashed(n);
}

/* Return the code of `key`; -1 where it is new and there are `most` already, -2 for want of memory.
   Rows that follow one another often share a key: `*last` is the code of the one before, and then of this. */
static row names_code(names *n, big most, const char *key, big size, row *last)
{
    if (*last >= 0 && same(n, *last, key, size)) return *last;
    uint64_t hash = hash_of(key, size), mask = (uint64_t)(n->slots - 1), at = hash & mask;
    for (row code; (code = n->slot[at]) >= 0; at = (at + 1) & mask)
        if (n->hash[code] == hash && same(n, code, key, size)) return *last = code;
    if (n->count >= most) return -1;
    row code = (row)n->count;
    return *last = names_add(n, hash, at, key, size) ? code : -2;
}
