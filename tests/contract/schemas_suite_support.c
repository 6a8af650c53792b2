/* Collecting and waiting, for the suite and for tests of one adapter. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/hash.h"
#include "contract/schemas_suite.h"

#define ANSWERS_MAX_US 60000000

static void take(void *context, const struct sm_schemas_answer *answer)
{
    struct answers *answers = context;
    struct seen_answer *seen;

    assert_true(answers->count < SM_ARRAY_COUNT(answers->list));
    seen = &answers->list[answers->count++];
    *seen = (struct seen_answer){ .id = answer->id,
                                  .outcome = answer->outcome,
                                  .at_us = answers->rig->now_us(answers->rig->context) };
    if (answer->outcome == SM_SCHEMAS_FOUND) {
        assert_null(answer->err);
        assert_non_null(answer->text.data);
        seen->hash = sm_hash(answer->text.data, answer->text.size, 0);
        seen->size = answer->text.size;
    } else {
        assert_non_null(answer->err);
        seen->status = answer->err->status;
        (void)snprintf(seen->text, sizeof(seen->text), "%s", answer->err->text);
        assert_int_equal(seen->status,
                         answer->outcome == SM_SCHEMAS_UNKNOWN ? SM_REJECT : SM_RETRY);
        assert_true(seen->text[0] != '\0');
    }
    if (answers->asks_again != NULL) {
        ask_for(answers->asks_again, answer->id);
        answers->asks_again = NULL;
    }
}

void answers_init(struct answers *answers, const struct schemas_rig *rig)
{
    *answers = (struct answers){ .sink = { .context = answers, .answered = take }, .rig = rig };
}

size_t answers_of(const struct answers *answers, uint32_t id, enum sm_schemas_outcome outcome)
{
    size_t count = 0;

    for (size_t i = 0; i < answers->count; i++)
        count += answers->list[i].id == id && answers->list[i].outcome == outcome;
    return count;
}

const struct seen_answer *last_answer(const struct answers *answers, uint32_t id)
{
    for (size_t i = answers->count; i > 0; i--) {
        if (answers->list[i - 1].id == id)
            return &answers->list[i - 1];
    }
    fail_msg("no answer for schema %u", id);
    return NULL;
}

void ask_for(struct sm_schemas *schemas, uint32_t id)
{
    assert_int_equal(schemas->ops->ask(schemas, id), SM_OK);
}

void await_answers(const struct schemas_rig *rig, struct sm_schemas *schemas,
                   struct answers *answers, size_t count)
{
    int64_t until_us = rig->now_us(rig->context) + ANSWERS_MAX_US;

    while (answers->count < count) {
        if (rig->now_us(rig->context) > until_us)
            fail_msg("%zu of %zu answers came", answers->count, count);
        schemas->ops->step(schemas, &answers->sink);
        if (answers->count < count)
            rig->wait(rig->context, schemas);
    }
}

void step_for(const struct schemas_rig *rig, struct sm_schemas *schemas, struct answers *answers,
              int64_t us)
{
    int64_t until_us = rig->now_us(rig->context) + us;

    while (rig->now_us(rig->context) < until_us) {
        schemas->ops->step(schemas, &answers->sink);
        rig->wait(rig->context, schemas);
    }
}

void assert_found(const struct answers *answers, uint32_t id, const char *text)
{
    const struct seen_answer *seen = last_answer(answers, id);

    if (seen->outcome != SM_SCHEMAS_FOUND)
        fail_msg("schema %u: %s", id, seen->text);
    assert_int_equal(seen->size, strlen(text));
    assert_int_equal(seen->hash, sm_hash((const uint8_t *)text, strlen(text), 0));
}
