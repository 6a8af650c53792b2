/* The group's coordinator: who is a member, and who reads what. */
#include "base/err.h"
#include "sim/memory_broker.h"

static void start_rebalance(struct memory_broker *broker)
{
    broker->rebalancing = true;
    broker->deadline_us = broker->clock->now_us + broker->options.session_timeout_us;
    for (struct memory_member *member = broker->members; member != NULL; member = member->next) {
        if (member->state != MEMORY_MEMBER_STABLE)
            continue;
        /* One that was not told of its partitions yet has nothing to give up. */
        member->state = member->told_assigned ? MEMORY_MEMBER_REVOKING : MEMORY_MEMBER_JOINED;
    }
}

static void kick(struct memory_broker *broker, struct memory_member *member)
{
    member->state = MEMORY_MEMBER_KICKED;
    member->zombie_polls =
        (unsigned)sim_random_below(&broker->random, broker->options.zombie_polls_max + 1);
}

static void add_assigned(struct memory_member *member, struct sm_partition_id id)
{
    SM_ASSERT(member->assigned_count < MEMORY_ASSIGNED_MAX);
    member->assigned[member->assigned_count++] = id;
}

/* By ranges, topic by topic: contiguous partitions in the order of the members. */
static void deal_topic(struct memory_broker *broker, enum sm_topic topic, int32_t members)
{
    int32_t count = broker->topics[topic].partition_count, next = 0, rank = 0;

    for (struct memory_member *member = broker->members; member != NULL; member = member->next) {
        int32_t share = count / members + (rank < count % members);

        if (member->state != MEMORY_MEMBER_STABLE)
            continue;
        for (int32_t i = 0; i < share; i++)
            add_assigned(member, (struct sm_partition_id){topic, next++});
        rank++;
    }
}

static void complete_rebalance(struct memory_broker *broker)
{
    int32_t members = 0;

    for (struct memory_member *member = broker->members; member != NULL; member = member->next) {
        if (member->state != MEMORY_MEMBER_JOINED)
            continue;
        member->state = MEMORY_MEMBER_STABLE;
        member->assigned_count = 0;
        member->told_assigned = false;
        members++;
    }
    broker->rebalancing = false;
    for (size_t topic = 0; members != 0 && topic < SM_TOPIC_COUNT; topic++)
        deal_topic(broker, (enum sm_topic)topic, members);
}

static bool everybody_joined(const struct memory_broker *broker)
{
    for (const struct memory_member *member = broker->members; member != NULL;
         member = member->next) {
        if (member->state == MEMORY_MEMBER_REVOKING)
            return false;
    }
    return true;
}

static bool timed_out(const struct memory_broker *broker, const struct memory_member *member)
{
    return broker->clock->now_us >= member->heard_us + broker->options.session_timeout_us;
}

static void forget_dead(struct memory_broker *broker)
{
    struct memory_member **link = &broker->members;

    while (*link != NULL) {
        struct memory_member *member = *link;

        if (member->dead && member->state == MEMORY_MEMBER_KICKED) {
            *link = member->next;
            free(member);
        } else {
            link = &member->next;
        }
    }
}

void memory_broker_advance(struct memory_broker *broker)
{
    bool changed = false;

    if (broker->away)
        return;
    for (struct memory_member *member = broker->members; member != NULL; member = member->next) {
        if (!member->dead && !member->silent)
            member->heard_us = broker->clock->now_us;
        if (member->state == MEMORY_MEMBER_KICKED || !timed_out(broker, member))
            continue;
        changed |= member->state == MEMORY_MEMBER_STABLE;
        kick(broker, member);
    }
    if (changed && !broker->rebalancing)
        start_rebalance(broker);
    if (broker->rebalancing && broker->clock->now_us >= broker->deadline_us) {
        for (struct memory_member *member = broker->members; member != NULL; member = member->next)
            if (member->state == MEMORY_MEMBER_REVOKING)
                kick(broker, member);
    }
    forget_dead(broker);
    if (broker->rebalancing && everybody_joined(broker))
        complete_rebalance(broker);
}

int64_t memory_broker_next_us(const struct memory_broker *broker)
{
    int64_t next_us = broker->rebalancing ? broker->deadline_us : INT64_MAX;

    if (broker->away)
        return INT64_MAX;
    for (const struct memory_member *member = broker->members; member != NULL;
         member = member->next) {
        int64_t at_us = member->heard_us + broker->options.session_timeout_us;

        if (member->state != MEMORY_MEMBER_KICKED && (member->dead || member->silent) &&
            at_us < next_us)
            next_us = at_us;
    }
    return next_us;
}

void memory_group_join(struct memory_broker *broker, struct memory_member *member)
{
    struct memory_member **end = &broker->members;

    while (*end != NULL)
        end = &(*end)->next;
    *end = member;
    member->number = ++broker->member_numbers;
    member->state = MEMORY_MEMBER_JOINED;
    member->heard_us = broker->clock->now_us;
    start_rebalance(broker);
}

void memory_group_leave(struct memory_broker *broker, struct memory_member *member)
{
    struct memory_member **link = &broker->members;

    while (*link != member)
        link = &(*link)->next;
    *link = member->next;
    if (member->state != MEMORY_MEMBER_KICKED)
        start_rebalance(broker);
}

void memory_group_released(struct memory_broker *broker, struct memory_member *member)
{
    bool kicked = member->state == MEMORY_MEMBER_KICKED;

    member->told_assigned = member->told_revoked = false;
    member->assigned_count = 0;
    member->heard_us = broker->clock->now_us;
    member->state = MEMORY_MEMBER_JOINED;
    if (kicked || !broker->rebalancing)
        start_rebalance(broker);
}

void memory_group_die(struct memory_member *member)
{
    member->dead = true;
}
