/* The members of an object in jsonb's order of names, each name once.
 *
 * Objects of events have a handful of members: each is put into its place as it comes. A hostile
 * one may have 65,535: after MEMBERS_INSERTED of them the rest is appended, and all are sorted once
 * at the end. */
#include "base/base_priv.h"

enum { MEMBERS_INSERTED = 24 };

/* Shorter names first, then by bytes: jsonb's lengthCompareJsonbString. */
static int compare_names(struct sm_slice a, struct sm_slice b)
{
    if (a.size != b.size)
        return a.size < b.size ? -1 : 1;
    return a.size != 0 ? memcmp(a.data, b.data, a.size) : 0;
}

static void append(struct sm__json_members *members, struct sm_json *member)
{
    if (members->last != NULL)
        members->last->next = member;
    else
        members->first = member;
    members->last = member;
    members->count++;
}

/* Before the first that is not smaller; a member of the same name is replaced. */
static void insert(struct sm__json_members *members, struct sm_json *member)
{
    struct sm_json **link = &members->first;
    int order;

    while ((order = compare_names((*link)->name, member->name)) < 0)
        link = &(*link)->next;
    if (order == 0) {
        member->next = (*link)->next;
        if (members->last == *link)
            members->last = member;
    } else {
        member->next = *link;
        members->count++;
    }
    *link = member;
}

void sm__json_members_add(struct sm__json_members *members, struct sm_json *member)
{
    if (members->last == NULL || compare_names(members->last->name, member->name) < 0) {
        append(members, member);
    } else if (members->count < MEMBERS_INSERTED) {
        insert(members, member);
    } else {
        append(members, member);
        members->unsorted = true;
    }
}

/* Two sorted lists into one; of equal names those of `a` come first. */
static struct sm_json *merge(struct sm_json *a, struct sm_json *b)
{
    struct sm_json *first = NULL;
    struct sm_json **tail = &first;

    while (a != NULL && b != NULL) {
        struct sm_json **smaller = compare_names(a->name, b->name) <= 0 ? &a : &b;

        *tail = *smaller;
        tail = &(*smaller)->next;
        *smaller = *tail;
    }
    *tail = a != NULL ? a : b;
    return first;
}

/* A stable merge sort of a list: runs[i] holds 2^i members or none, older ones in higher places. */
static struct sm_json *sort(struct sm_json *list)
{
    struct sm_json *runs[32] = { NULL };
    struct sm_json *sorted = NULL;

    while (list != NULL) {
        struct sm_json *run = list;
        size_t place = 0;

        list = list->next;
        run->next = NULL;
        for (; runs[place] != NULL; place++) {
            run = merge(runs[place], run);
            runs[place] = NULL;
        }
        runs[place] = run;
    }
    for (size_t place = 0; place < SM_ARRAY_COUNT(runs); place++)
        sorted = merge(runs[place], sorted);
    return sorted;
}

void sm__json_members_end(struct sm__json_members *members)
{
    struct sm_json **link = &members->first;

    if (!members->unsorted)
        return;
    members->first = sort(members->first);
    members->count = 0;
    while (*link != NULL) {
        struct sm_json *next = (*link)->next;

        /* The sort is stable, so the last of equal names is the one that was read last. */
        if (next != NULL && compare_names((*link)->name, next->name) == 0) {
            *link = next;
            continue;
        }
        members->last = *link;
        link = &(*link)->next;
        members->count++;
    }
}

const struct sm_json *sm_json_member(const struct sm_json *object, const char *name)
{
    struct sm_slice wanted = sm_slice_of(name);

    if (object == NULL || object->type != SM_JSON_OBJECT)
        return NULL;
    for (const struct sm_json *member = object->first; member != NULL; member = member->next)
        if (sm_slice_equal(member->name, wanted))
            return member;
    return NULL;
}
