/* The data of the types of the catalogue that are not about clients and feature configurations:
 * what is taken and how it is written down, what is refused, and the limits of every field. */
#include "domain/row.h"
#include "unit/domain/data_rows.h"

#define BOM  SM_EVENT_BOM_CONFIG_CHANGED
#define SCH  SM_EVENT_CLIENT_SCHEDULE_CHANGED
#define GLO  SM_EVENT_SCHEDULER_DEFAULTS_CHANGED
#define DTD  SM_EVENT_DATA_TYPE_DEFINED
#define FTD  SM_EVENT_FEATURE_TYPE_DEFINED
#define BST  SM_EVENT_BATCH_STARTED
#define BCO  SM_EVENT_BATCH_COMPLETED
#define BFA  SM_EVENT_BATCH_FAILED
#define RST  SM_EVENT_BOM_EXPLOSION_STARTED
#define RCO  SM_EVENT_BOM_EXPLOSION_COMPLETED
#define RFA  SM_EVENT_BOM_EXPLOSION_FAILED
#define FEA  SM_EVENT_FEATURE_CREATED
#define LOG  SM_EVENT_LOG_RECORDED
#define LAST "9007199254740991" /* 2^53 - 1 */

static const struct taken taken[] = {
    { SM_EVENT_CLIENT_ERASED, NULL, "{}", "" },
    { SM_EVENT_CLIENT_ERASED, "{'reason':'asked to'}", "{'reason': 'asked to'}", "" },
    { BOM, NULL, "{}", "" },
    { BOM, "{'max_levels':5,'include_produced_at':true,'cycle_detection':true}", "{}", "" },
    { BOM, "{'max_levels':5.0}", "{}", "" },
    { BOM, "{'max_levels':1e2,'include_produced_at':false,'cycle_detection':false}",
      "{'max_levels': 100, 'cycle_detection': false, 'include_produced_at': false}", "" },
    { SM_EVENT_BOM_CONFIG_DEACTIVATED, "{'reason':'a\\nb'}", "{'reason': 'a\\nb'}", "" },
    { SCH, "{'kind':'interval','interval_minutes':1.50e1}",
      "{'kind': 'interval', 'interval_minutes': 15}", "" },
    { SCH, "{'kind':'interval','interval_minutes':525600,'timezone':'UTC'}",
      "{'kind': 'interval', 'interval_minutes': 525600}", "" },
    { SCH, "{'kind':'daily','time_of_day':'00:00','timezone':'America/Port-au-Prince'}",
      "{'kind': 'daily', 'timezone': 'America/Port-au-Prince', 'time_of_day': '00:00'}", "" },
    { SCH, "{'days_of_week':[7,1.0,30e-1,0.5e1],'kind':'weekly','time_of_day':'23:59'}",
      "{'kind': 'weekly', 'time_of_day': '23:59', 'days_of_week': [7, 1, 3, 5]}", "" },
    { SCH, "{'kind':'weekly','time_of_day':'19:05','days_of_week':[1,2,3,4,5,6,7]}",
      "{'kind': 'weekly', 'time_of_day': '19:05', 'days_of_week': [1, 2, 3, 4, 5, 6, 7]}", "" },
    { SM_EVENT_CLIENT_SCHEDULE_DEACTIVATED, NULL, "{}", "" },
    { GLO, "{'kind':'daily','time_of_day':'06:30','timezone':'Etc/GMT+5'}",
      "{'kind': 'daily', 'timezone': 'Etc/GMT+5', 'time_of_day': '06:30'}", "" },
    { DTD, "{'description':'x','code':'sales_1'}", "{'code': 'sales_1', 'description': 'x'}",
      "sales_1" },
    { FTD, "{'code':'tides','description':'x'}", "{'code': 'tides', 'description': 'x'}", "tides" },
    { FTD, "{'code':'t','description':'x','config_rules':{}}",
      "{'code': 't', 'description': 'x', 'config_rules': {}}", "t" },
    { FTD,
      "{'code':'t','description':'x','config_rules':{'bb':{'type':'count','required':true},"
      "'a':{'required':false,'type':'word'},'c':{'type':'counts'},'d':{'type':'share'},"
      "'ж':{'type':'flag'}}}",
      "{'code': 't', 'description': 'x', 'config_rules': {'a': {'type': 'word', 'required': "
      "false}, 'c': {'type': 'counts'}, 'd': {'type': 'share'}, 'bb': {'type': 'count', "
      "'required': true}, 'ж': {'type': 'flag'}}}",
      "t" },
    { BST, "{'batch_id':'Az0._:-','data_type':'sales'}",
      "{'batch_id': 'Az0._:-', 'data_type': 'sales'}", "Az0._:-" },
    { BST, "{'batch_id':'1','data_type':'sales','records_expected':0}",
      "{'batch_id': '1', 'data_type': 'sales', 'records_expected': 0}", "1" },
    { BCO, "{'batch_id':'1','records_total':3,'records_processed':3,'records_failed':0}",
      "{'batch_id': '1', 'records_total': 3, 'records_processed': 3}", "1" },
    { BCO,
      "{'batch_id':'1','records_total':" LAST ",'records_processed':0,'records_failed':" LAST "}",
      "{'batch_id': '1', 'records_total': " LAST ", 'records_failed': " LAST
      ", 'records_processed': 0}",
      "1" },
    { BCO, "{'batch_id':'1','records_total':-0,'records_processed':0.0}",
      "{'batch_id': '1', 'records_total': 0, 'records_processed': 0}", "1" },
    { BFA, "{'batch_id':'1','error':'a\\n\\tb'}", "{'error': 'a\\n\\tb', 'batch_id': '1'}", "1" },
    { BFA, "{'batch_id':'1','error':'x','records_processed':1,'records_failed':0}",
      "{'error': 'x', 'batch_id': '1', 'records_failed': 0, 'records_processed': 1}", "1" },
    { RST, NULL, "{}", "" },
    { RST, "null", "{}", "" },
    { RST, "{}", "{}", "" },
    { RCO, "{'records_processed':0}", "{'records_processed': 0}", "" },
    { RFA, "{'error':'x'}", "{'error': 'x'}", "" },
    { FEA,
      "{'name':'ж \\'x\\'','feature_type':'ema','data_type':'sales','nan_semantics':'missing'}",
      "{'name': 'ж \\'x\\'', 'data_type': 'sales', 'feature_type': 'ema'}", "ж \"x\"" },
    { FEA,
      "{'name':'n','feature_type':'ema','data_type':'sales','nan_semantics':'zero',"
      "'description':'','batch_id':'b:1'}",
      "{'name': 'n', 'batch_id': 'b:1', 'data_type': 'sales', 'description': '', 'feature_type': "
      "'ema', 'nan_semantics': 'zero'}",
      "n" },
    { LOG, "{'level':'info','message':'x','error':null,'context':{}}",
      "{'level': 'info', 'message': 'x'}", "" },
    { LOG,
      "{'timestamp':'2026-02-02T09:31:00.5+03:00','level':'error','message':'a\\nb','error':'',"
      "'context':{'bb':1e1,'a':[null]}}",
      "{'error': '', 'level': 'error', 'context': {'a': [null], 'bb': 10}, 'message': 'a\\nb', "
      "'timestamp': '2026-02-02T06:31:00.500000Z'}",
      "" },
};

static void data_is_written_down_in_jsonb_s_order_without_defaults(void **state)
{
    (void)state;
    check_taken(taken, SM_ARRAY_COUNT(taken));
}

static void what_was_written_down_is_read_back_as_the_same_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(taken); i++) {
        struct sm_event again = { .type = taken[i].type };

        assert_int_equal(fixture_read(&fixture, taken[i].type, taken[i].data, &event), SM_OK);
        assert_true(sm_event_replay_data(&again, event.data, &fixture.arena));
        assert_true(sm_slice_equal(again.key, event.key));
        for (size_t v = 0; v < SM_VALUES_MAX; v++)
            assert_true(sm_value_equal(&again.values[v], &event.values[v]));
    }
}

static const struct refused refused[] = {
    { BOM, "{'max_levels':'5'}", SM_CODE_FIELD_TYPE, "data.max_levels", "5" },
    { BOM, "{'max_levels':5.5}", SM_CODE_FIELD_RANGE, "data.max_levels", "5.5" },
    { BOM, "{'max_levels':1e131071}", SM_CODE_FIELD_RANGE, "data.max_levels", "1e131071" },
    { BOM, "{'max_levels':null}", SM_CODE_FIELD_TYPE, "data.max_levels", "null" },
    { BOM, "{'cycle_detection':1}", SM_CODE_FIELD_TYPE, "data.cycle_detection", "1" },
    { BOM, "{'cycle_detection':'true'}", SM_CODE_FIELD_TYPE, "data.cycle_detection", "true" },
    { BOM, "{'include_produced_at':null}", SM_CODE_FIELD_TYPE, "data.include_produced_at", "null" },
    { SCH, NULL, SM_CODE_FIELD_MISSING, "data.kind", "" },
    { SCH, "{'kind':'hourly'}", SM_CODE_FIELD_ENUM, "data.kind", "hourly" },
    { SCH, "{'kind':'interval'}", SM_CODE_FIELD_MISSING, "data.interval_minutes", "" },
    { SCH, "{'kind':'interval','interval_minutes':5,'time_of_day':'06:30'}", SM_CODE_FIELD_UNKNOWN,
      "data.time_of_day", "06:30" },
    { SCH, "{'kind':'interval','interval_minutes':5,'days_of_week':[1]}", SM_CODE_FIELD_UNKNOWN,
      "data.days_of_week", "[...]" },
    { SCH, "{'kind':'daily'}", SM_CODE_FIELD_MISSING, "data.time_of_day", "" },
    { SCH, "{'kind':'daily','time_of_day':'06:30','interval_minutes':5}", SM_CODE_FIELD_UNKNOWN,
      "data.interval_minutes", "5" },
    { SCH, "{'kind':'daily','time_of_day':'06:30','days_of_week':[1]}", SM_CODE_FIELD_UNKNOWN,
      "data.days_of_week", "[...]" },
    { SCH, "{'kind':'weekly','days_of_week':[1]}", SM_CODE_FIELD_MISSING, "data.time_of_day", "" },
    { SCH, "{'kind':'weekly','time_of_day':'06:30'}", SM_CODE_FIELD_MISSING, "data.days_of_week",
      "" },
    { SCH, "{'kind':'weekly','time_of_day':'06:30','days_of_week':[1],'interval_minutes':5}",
      SM_CODE_FIELD_UNKNOWN, "data.interval_minutes", "5" },
#define WEEKLY(days) "{'kind':'weekly','time_of_day':'06:30','days_of_week':" days "}"
    { SCH, WEEKLY("[]"), SM_CODE_FIELD_RANGE, "data.days_of_week", "[]" },
    { SCH, WEEKLY("[0]"), SM_CODE_FIELD_RANGE, "data.days_of_week", "[...]" },
    { SCH, WEEKLY("[8]"), SM_CODE_FIELD_RANGE, "data.days_of_week", "[...]" },
    { SCH, WEEKLY("[-1]"), SM_CODE_FIELD_RANGE, "data.days_of_week", "[...]" },
    { SCH, WEEKLY("[64]"), SM_CODE_FIELD_RANGE, "data.days_of_week", "[...]" },
    { SCH, WEEKLY("[1.5]"), SM_CODE_FIELD_RANGE, "data.days_of_week", "[...]" },
    { SCH, WEEKLY("[1,2,1]"), SM_CODE_FIELD_RANGE, "data.days_of_week", "[...]" },
    { SCH, WEEKLY("[1,1.0]"), SM_CODE_FIELD_RANGE, "data.days_of_week", "[...]" },
    { SCH, WEEKLY("['1']"), SM_CODE_FIELD_TYPE, "data.days_of_week", "[...]" },
    { SCH, WEEKLY("[null]"), SM_CODE_FIELD_TYPE, "data.days_of_week", "[...]" },
    { SCH, WEEKLY("{'1':1}"), SM_CODE_FIELD_TYPE, "data.days_of_week", "{...}" },
    { SCH, WEEKLY("1"), SM_CODE_FIELD_TYPE, "data.days_of_week", "1" },
#define DAILY(time) "{'kind':'daily','time_of_day':'" time "'}"
    { SCH, DAILY("24:00"), SM_CODE_FIELD_RANGE, "data.time_of_day", "24:00" },
    { SCH, DAILY("30:00"), SM_CODE_FIELD_RANGE, "data.time_of_day", "30:00" },
    { SCH, DAILY("12:60"), SM_CODE_FIELD_RANGE, "data.time_of_day", "12:60" },
    { SCH, DAILY("6:30"), SM_CODE_FIELD_RANGE, "data.time_of_day", "6:30" },
    { SCH, DAILY("06-30"), SM_CODE_FIELD_RANGE, "data.time_of_day", "06-30" },
    { SCH, DAILY("0a:00"), SM_CODE_FIELD_RANGE, "data.time_of_day", "0a:00" },
    { SCH, DAILY("06:3 "), SM_CODE_FIELD_RANGE, "data.time_of_day", "06:3 " },
    { SCH, DAILY("06:30:00"), SM_CODE_FIELD_LENGTH, "data.time_of_day", "06:30:00" },
    { SCH, DAILY(""), SM_CODE_FIELD_RANGE, "data.time_of_day", "" },
#define ZONE(zone) "{'kind':'interval','interval_minutes':5,'timezone':'" zone "'}"
    { SCH, ZONE(""), SM_CODE_FIELD_RANGE, "data.timezone", "" },
    { SCH, ZONE("Europe Moscow"), SM_CODE_FIELD_RANGE, "data.timezone", "Europe Moscow" },
    { SCH, ZONE("x;--"), SM_CODE_FIELD_RANGE, "data.timezone", "x;--" },
    { SCH, ZONE("Ж"), SM_CODE_FIELD_RANGE, "data.timezone", "Ж" },
    { GLO, "{'kind':'interval'}", SM_CODE_FIELD_MISSING, "data.interval_minutes", "" },
    { SM_EVENT_CLIENT_SCHEDULE_DEACTIVATED, "{'kind':'daily'}", SM_CODE_FIELD_UNKNOWN, "data.kind",
      "daily" },
    { DTD, "{'code':'x'}", SM_CODE_FIELD_MISSING, "data.description", "" },
    { DTD, "{'code':'x','description':''}", SM_CODE_FIELD_RANGE, "data.description", "" },
    { DTD, "{'code':'1x','description':'y'}", SM_CODE_FIELD_RANGE, "data.code", "1x" },
    { DTD, "{'code':'X','description':'y'}", SM_CODE_FIELD_RANGE, "data.code", "X" },
    { DTD, "{'code':'x','description':'y','config_rules':{}}", SM_CODE_FIELD_UNKNOWN,
      "data.config_rules", "{}" },
    { DTD, "{'code':'x','description':'a\\nb'}", SM_CODE_FIELD_RANGE, "data.description", "a\nb" },
#define RULES(rules) "{'code':'x','description':'y','config_rules':" rules "}"
    { FTD, RULES("[]"), SM_CODE_FIELD_TYPE, "data.config_rules", "[]" },
    { FTD, RULES("null"), SM_CODE_FIELD_TYPE, "data.config_rules", "null" },
    { FTD, RULES("{'a':'count'}"), SM_CODE_FIELD_TYPE, "data.config_rules.a", "count" },
    { FTD, RULES("{'a':{}}"), SM_CODE_FIELD_TYPE, "data.config_rules.a", "{}" },
    { FTD, RULES("{'a':{'type':'Count'}}"), SM_CODE_FIELD_TYPE, "data.config_rules.a", "{...}" },
    { FTD, RULES("{'a':{'type':7}}"), SM_CODE_FIELD_TYPE, "data.config_rules.a", "{...}" },
    { FTD, RULES("{'a':{'required':true}}"), SM_CODE_FIELD_TYPE, "data.config_rules.a", "{...}" },
    { FTD, RULES("{'a':{'type':'flag','required':1}}"), SM_CODE_FIELD_TYPE, "data.config_rules.a",
      "{...}" },
    { FTD, RULES("{'a':{'type':'flag','default':1}}"), SM_CODE_FIELD_TYPE, "data.config_rules.a",
      "{...}" },
    { FTD, RULES("{'':{'type':'flag'}}"), SM_CODE_FIELD_TYPE, "data.config_rules.", "{...}" },
    { BST, "{'data_type':'x'}", SM_CODE_FIELD_MISSING, "data.batch_id", "" },
    { BST, "{'batch_id':'x'}", SM_CODE_FIELD_MISSING, "data.data_type", "" },
    { BST, "{'batch_id':'','data_type':'x'}", SM_CODE_FIELD_RANGE, "data.batch_id", "" },
    { BST, "{'batch_id':'a b','data_type':'x'}", SM_CODE_FIELD_RANGE, "data.batch_id", "a b" },
    { BST, "{'batch_id':'a/b','data_type':'x'}", SM_CODE_FIELD_RANGE, "data.batch_id", "a/b" },
    { BST, "{'batch_id':7,'data_type':'x'}", SM_CODE_FIELD_TYPE, "data.batch_id", "7" },
    { BST, "{'batch_id':'x','data_type':'x','records_expected':null}", SM_CODE_FIELD_TYPE,
      "data.records_expected", "null" },
    { BCO, "{'batch_id':'x','records_total':1}", SM_CODE_FIELD_MISSING, "data.records_processed",
      "" },
    { BCO, "{'batch_id':'x','records_processed':1}", SM_CODE_FIELD_MISSING, "data.records_total",
      "" },
#define COUNTS(total, processed, failed)                                                           \
    "{'batch_id':'x','records_total':" total ",'records_processed':" processed failed "}"
    { BCO, COUNTS("2", "1", ""), SM_CODE_COUNTS_DISAGREE, "data.records_total", "2" },
    { BCO, COUNTS("1", "2", ""), SM_CODE_COUNTS_DISAGREE, "data.records_total", "1" },
    { BCO, COUNTS("2", "1", ",'records_failed':0"), SM_CODE_COUNTS_DISAGREE, "data.records_total",
      "2" },
    { BCO, COUNTS("2", "2", ",'records_failed':1"), SM_CODE_COUNTS_DISAGREE, "data.records_total",
      "2" },
    { BCO, COUNTS(LAST, LAST, ",'records_failed':" LAST), SM_CODE_COUNTS_DISAGREE,
      "data.records_total", LAST },
    { BFA, "{'batch_id':'x'}", SM_CODE_FIELD_MISSING, "data.error", "" },
    { BFA, "{'batch_id':'x','error':''}", SM_CODE_FIELD_RANGE, "data.error", "" },
    { BFA, "{'batch_id':'x','error':'a\\rb'}", SM_CODE_FIELD_RANGE, "data.error", "a\rb" },
    { BFA, "{'batch_id':'x','error':'y','records_total':1}", SM_CODE_FIELD_UNKNOWN,
      "data.records_total", "1" },
    { RST, "{'x':1}", SM_CODE_FIELD_UNKNOWN, "data.x", "1" },
    { RST, "[]", SM_CODE_FIELD_TYPE, "data", "[]" },
    { RCO, NULL, SM_CODE_FIELD_MISSING, "data.records_processed", "" },
    { RFA, "{'records_processed':1}", SM_CODE_FIELD_MISSING, "data.error", "" },
#define FEATURE(name, more) "{'name':'" name "','feature_type':'x','data_type':'x'" more "}"
    { FEA, FEATURE("", ""), SM_CODE_FIELD_RANGE, "data.name", "" },
    { FEA, FEATURE("a\\tb", ""), SM_CODE_FIELD_RANGE, "data.name", "a\tb" },
    { FEA, FEATURE("n", ",'nan_semantics':'Zero'"), SM_CODE_FIELD_RANGE, "data.nan_semantics",
      "Zero" },
    { FEA, FEATURE("n", ",'nan_semantics':null"), SM_CODE_FIELD_TYPE, "data.nan_semantics",
      "null" },
    { FEA, FEATURE("n", ",'batch_id':''"), SM_CODE_FIELD_RANGE, "data.batch_id", "" },
    { FEA, "{'feature_type':'x','data_type':'x'}", SM_CODE_FIELD_MISSING, "data.name", "" },
    { FEA, "{'name':'n','data_type':'x'}", SM_CODE_FIELD_MISSING, "data.feature_type", "" },
    { FEA, "{'name':'n','feature_type':'x'}", SM_CODE_FIELD_MISSING, "data.data_type", "" },
#define LINE(more) "{'level':'info','message':'m'," more "}"
    { LOG, "{'message':'m'}", SM_CODE_FIELD_MISSING, "data.level", "" },
    { LOG, "{'level':'info'}", SM_CODE_FIELD_MISSING, "data.message", "" },
    { LOG, "{'level':'fatal','message':'m'}", SM_CODE_FIELD_ENUM, "data.level", "fatal" },
    { LOG, "{'level':'info','message':''}", SM_CODE_FIELD_RANGE, "data.message", "" },
    { LOG, LINE("'timestamp':'2026-02-02T09:31:00'"), SM_CODE_FIELD_RANGE, "data.timestamp",
      "2026-02-02T09:31:00" },
    { LOG, LINE("'timestamp':1700000000"), SM_CODE_FIELD_TYPE, "data.timestamp", "1700000000" },
    { LOG, LINE("'timestamp':null"), SM_CODE_FIELD_TYPE, "data.timestamp", "null" },
    { LOG, LINE("'context':[]"), SM_CODE_FIELD_TYPE, "data.context", "[]" },
    { LOG, LINE("'context':null"), SM_CODE_FIELD_TYPE, "data.context", "null" },
    { LOG, LINE("'error':7"), SM_CODE_FIELD_TYPE, "data.error", "7" },
};

static void data_that_breaks_a_rule_is_refused_with_code_field_and_value(void **state)
{
    (void)state;
    check_refused(refused, SM_ARRAY_COUNT(refused));
}

static void the_sentence_says_what_was_expected(void **state)
{
    static const struct sentence cases[] = {
        { BOM, "{'max_levels':0}", "data.max_levels is 0; expected an integer from 1 to 100" },
        { BOM, "{'cycle_detection':0}", "data.cycle_detection is 0; expected true or false" },
        { SCH, "{'kind':'interval'}",
          "data.interval_minutes is not there; expected it with kind interval, and no other" },
        { SCH, "{'kind':'interval','interval_minutes':5,'time_of_day':'06:30'}",
          "data.time_of_day is \"06:30\"; expected it with kind daily or weekly, and no other" },
        { SCH, "{'kind':'weekly','time_of_day':'06:30'}",
          "data.days_of_week is not there; expected it with kind weekly, and no other" },
        { SCH, WEEKLY("[9]"),
          "data.days_of_week is [...]; expected a list of different integers from 1 to 7" },
        { SCH, DAILY("25:00"),
          "data.time_of_day is \"25:00\"; expected text of 5 characters: HH:MM from 00:00 to "
          "23:59" },
        { BCO, COUNTS("2", "1", ""),
          "data.records_total is 2; expected the sum of records_processed and records_failed" },
        { LOG, LINE("'timestamp':'now'"),
          "data.timestamp is \"now\"; expected RFC 3339 with an offset, such as "
          "2026-01-31T12:00:00Z" },
        { LOG, LINE("'error':7"),
          "data.error is 7; expected text of 0 to 50000 characters, or null" },
    };

    (void)state;
    check_sentences(cases, SM_ARRAY_COUNT(cases));
}

/* ---- limits ---- */

/* Reads `before`, `number`, `after`. */
static enum sm_status read_number(enum sm_event_type type, const char *before, int64_t number,
                                  const char *after)
{
    char data[256];

    (void)snprintf(data, sizeof(data), "%s%lld%s", before, (long long)number, after);
    return fixture_read(&fixture, type, data, &event);
}

static void integers_are_taken_from_their_least_to_their_most(void **state)
{
    static const struct {
        enum sm_event_type type;
        const char *before;
        const char *after;
        int64_t least;
        int64_t most;
    } cases[] = {
        { BOM, "{'max_levels':", "}", 1, 100 },
        { SCH, "{'kind':'interval','interval_minutes':", "}", 1, 525600 },
        { GLO, "{'kind':'interval','interval_minutes':", "}", 1, 525600 },
        { SCH, "{'kind':'weekly','time_of_day':'06:30','days_of_week':[", "]}", 1, 7 },
        { BST, "{'batch_id':'x','data_type':'x','records_expected':", "}", 0, 9007199254740991 },
        { BFA, "{'batch_id':'x','error':'x','records_processed':", "}", 0, 9007199254740991 },
        { BFA, "{'batch_id':'x','error':'x','records_failed':", "}", 0, 9007199254740991 },
        { RCO, "{'records_processed':", "}", 0, 9007199254740991 },
        { RFA, "{'error':'x','records_processed':", "}", 0, 9007199254740991 },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++) {
        const int64_t outside[] = { cases[i].least - 1, cases[i].most + 1, INT64_MIN, INT64_MAX };

        assert_int_equal(
            read_number(cases[i].type, cases[i].before, cases[i].least, cases[i].after), SM_OK);
        assert_int_equal(read_number(cases[i].type, cases[i].before, cases[i].most, cases[i].after),
                         SM_OK);
        for (size_t o = 0; o < SM_ARRAY_COUNT(outside); o++) {
            assert_int_equal(
                read_number(cases[i].type, cases[i].before, outside[o], cases[i].after), SM_REJECT);
            assert_int_equal(fixture.rejection.code, SM_CODE_FIELD_RANGE);
        }
    }
}

static void texts_are_as_long_as_their_table_says_and_no_longer(void **state)
{
    static const struct {
        enum sm_event_type type;
        const char *before;
        const char *letter;
        const char *after;
        size_t most;
    } cases[] = {
        { SM_EVENT_CLIENT_ERASED, "{\"reason\":\"", "ж", "\"}", 1000 },
        { SM_EVENT_BOM_CONFIG_DEACTIVATED, "{\"reason\":\"", "ж", "\"}", 1000 },
        { SM_EVENT_CLIENT_SCHEDULE_DEACTIVATED, "{\"reason\":\"", "ж", "\"}", 1000 },
        { SCH, "{\"kind\":\"interval\",\"interval_minutes\":5,\"timezone\":\"", "x", "\"}", 64 },
        { DTD, "{\"description\":\"x\",\"code\":\"", "x", "\"}", 50 },
        { FTD, "{\"description\":\"x\",\"code\":\"", "x", "\"}", 50 },
        { DTD, "{\"code\":\"x\",\"description\":\"", "ж", "\"}", 1000 },
        { FTD, "{\"code\":\"x\",\"description\":\"", "ж", "\"}", 1000 },
        { BST, "{\"data_type\":\"x\",\"batch_id\":\"", "x", "\"}", 100 },
        { BST, "{\"batch_id\":\"x\",\"data_type\":\"", "x", "\"}", 50 },
        { BFA, "{\"batch_id\":\"x\",\"error\":\"", "ж", "\"}", 4000 },
        { RFA, "{\"error\":\"", "\\n", "\"}", 4000 },
        { FEA, "{\"feature_type\":\"x\",\"data_type\":\"x\",\"name\":\"", "x", "\"}", 255 },
        { FEA, "{\"name\":\"x\",\"data_type\":\"x\",\"feature_type\":\"", "x", "\"}", 50 },
        { FEA, "{\"name\":\"x\",\"feature_type\":\"x\",\"data_type\":\"", "x", "\"}", 50 },
        { FEA, "{\"name\":\"x\",\"feature_type\":\"x\",\"data_type\":\"x\",\"nan_semantics\":\"",
          "x", "\"}", 50 },
        { FEA, "{\"name\":\"x\",\"feature_type\":\"x\",\"data_type\":\"x\",\"description\":\"", "ж",
          "\"}", 1000 },
        { FEA, "{\"name\":\"x\",\"feature_type\":\"x\",\"data_type\":\"x\",\"batch_id\":\"", "x",
          "\"}", 100 },
        { LOG, "{\"level\":\"info\",\"message\":\"", "ж", "\"}", 10000 },
        { LOG, "{\"level\":\"info\",\"message\":\"x\",\"error\":\"", "ж", "\"}", 50000 },
        /* A feature's name is a key, so its bytes are bounded, too. */
        { FEA, "{\"feature_type\":\"x\",\"data_type\":\"x\",\"name\":\"x", "ж", "\"}", 127 },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++) {
        if (read_long(cases[i].type, cases[i].before, cases[i].letter, cases[i].most,
                      cases[i].after) != SM_OK)
            fail_msg("%zu of %s: %s", cases[i].most, cases[i].before, fixture.rejection.reason);
        assert_int_equal(read_long(cases[i].type, cases[i].before, cases[i].letter,
                                   cases[i].most + 1, cases[i].after),
                         SM_REJECT);
        assert_int_equal(fixture.rejection.code, SM_CODE_FIELD_LENGTH);
        sm_arena_reset(&fixture.arena);
    }
}

static void the_name_of_a_rule_fits_where_a_refusal_names_it(void **state)
{
    static const char before[] = "{\"code\":\"x\",\"description\":\"x\",\"config_rules\":{\"";

    (void)state;
    assert_int_equal(read_long(FTD, before, "x", 63, "\":{\"type\":\"flag\"}}}"), SM_OK);
    assert_int_equal(read_long(FTD, before, "x", 64, "\":{\"type\":\"flag\"}}}"), SM_REJECT);
    assert_int_equal(fixture.rejection.code, SM_CODE_FIELD_TYPE);
}

static void a_log_line_s_context_keeps_whatever_json_it_is(void **state)
{
    (void)state;
    assert_int_equal(
        fixture_read(&fixture, LOG, LINE("'context':{'client_id':[1.0],'':{}}"), &event), SM_OK);
    assert_json(&fixture, event.values[SM_LINE_CONTEXT].text, "{'': {}, 'client_id': [1.0]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_is_written_down_in_jsonb_s_order_without_defaults),
        cmocka_unit_test(what_was_written_down_is_read_back_as_the_same_values),
        cmocka_unit_test(data_that_breaks_a_rule_is_refused_with_code_field_and_value),
        cmocka_unit_test(the_sentence_says_what_was_expected),
        cmocka_unit_test(integers_are_taken_from_their_least_to_their_most),
        cmocka_unit_test(texts_are_as_long_as_their_table_says_and_no_longer),
        cmocka_unit_test(the_name_of_a_rule_fits_where_a_refusal_names_it),
        cmocka_unit_test(a_log_line_s_context_keeps_whatever_json_it_is),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
