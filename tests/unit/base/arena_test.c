/* The arena: alignment, exhaustion, rewinding, and untouched pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/arena.h"

static void memory_is_aligned_for_any_type(void **state)
{
    struct sm_arena arena;

    (void)state;
    assert_true(sm_arena_init(&arena, 4096));
    for (size_t size = 0; size < 20; size++)
        assert_int_equal((uintptr_t)sm_arena_alloc(&arena, size) % alignof(max_align_t), 0);
    sm_arena_deinit(&arena);
}

static void what_does_not_fit_changes_nothing(void **state)
{
    struct sm_arena arena;

    (void)state;
    assert_true(sm_arena_init(&arena, 100));
    assert_non_null(sm_arena_alloc(&arena, 90));
    assert_null(sm_arena_alloc(&arena, 11));
    assert_null(sm_arena_alloc(&arena, SIZE_MAX));
    assert_int_equal(sm_arena_mark(&arena), 90);
    /* From 96, the next aligned place, on there are four bytes. */
    assert_null(sm_arena_alloc(&arena, 5));
    assert_non_null(sm_arena_alloc(&arena, 4));
    assert_null(sm_arena_alloc(&arena, 1));
    assert_int_equal(sm_arena_free_size(&arena), 0);
    sm_arena_deinit(&arena);
}

static void a_product_that_overflows_is_refused(void **state)
{
    struct sm_arena arena;

    (void)state;
    assert_true(sm_arena_init(&arena, 4096));
    assert_null(sm_arena_zalloc(&arena, SIZE_MAX / 2, 3));
    assert_int_equal(sm_arena_mark(&arena), 0);
    sm_arena_deinit(&arena);
}

static void zeroed_memory_is_zero_even_where_it_was_used_before(void **state)
{
    static const uint8_t zeros[64];
    struct sm_arena arena;

    (void)state;
    assert_true(sm_arena_init(&arena, 4096));
    memset(sm_arena_alloc(&arena, 64), 0xff, 64);
    sm_arena_reset(&arena);
    assert_memory_equal(sm_arena_zalloc(&arena, 8, 8), zeros, 64);
    sm_arena_deinit(&arena);
}

static void a_rewind_gives_the_same_memory_again(void **state)
{
    struct sm_arena arena;
    size_t mark;
    void *first;

    (void)state;
    assert_true(sm_arena_init(&arena, 4096));
    (void)sm_arena_alloc(&arena, 10);
    mark = sm_arena_mark(&arena);
    first = sm_arena_alloc(&arena, 1000);
    sm_arena_rewind(&arena, mark);
    assert_ptr_equal(sm_arena_alloc(&arena, 1), first);
    assert_int_equal(arena.high_water, 1016);
    sm_arena_deinit(&arena);
}

static void an_absent_slice_stays_absent_and_an_empty_one_empty(void **state)
{
    struct sm_arena arena;
    struct sm_slice copy;

    (void)state;
    assert_true(sm_arena_init(&arena, 64));
    assert_true(sm_arena_copy(&arena, SM_SLICE_NONE, &copy));
    assert_null(copy.data);
    assert_true(sm_arena_copy(&arena, SM_SLICE(""), &copy));
    assert_non_null(copy.data);
    assert_int_equal(copy.size, 0);
    assert_true(sm_arena_copy(&arena, SM_SLICE("text"), &copy));
    assert_true(sm_slice_equal(copy, SM_SLICE("text")));
    assert_non_null(sm_arena_alloc(&arena, 48)); /* from 16 on: all that is left */
    assert_false(sm_arena_copy(&arena, SM_SLICE("text"), &copy));
    sm_arena_deinit(&arena);
}

static void pages_that_were_never_touched_cost_no_memory(void **state)
{
    const size_t capacity = (size_t)64 << 20;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *resident = calloc(capacity / page, 1);
    struct sm_arena arena;
    size_t pages = 0;

    (void)state;
    assert_non_null(resident);
    assert_true(sm_arena_init(&arena, capacity));
    memset(sm_arena_alloc(&arena, 100), 1, 100);
    assert_int_equal(mincore(arena.base, capacity, resident), 0);
    for (size_t i = 0; i < capacity / page; i++)
        pages += resident[i] & 1;
    /* One, or the 512 of a huge page. */
    assert_in_range(pages, 1, 512);
    sm_arena_deinit(&arena);
    free(resident);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_for_any_type),
        cmocka_unit_test(what_does_not_fit_changes_nothing),
        cmocka_unit_test(a_product_that_overflows_is_refused),
        cmocka_unit_test(zeroed_memory_is_zero_even_where_it_was_used_before),
        cmocka_unit_test(a_rewind_gives_the_same_memory_again),
        cmocka_unit_test(an_absent_slice_stays_absent_and_an_empty_one_empty),
        cmocka_unit_test(pages_that_were_never_touched_cost_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
