/* RFC 3339 by hand: exact, without locale, time zone data or allocation. */
#include "base/timestamp.h"

#define SECOND_US   INT64_C(1000000)
#define DAY_SECONDS INT64_C(86400)

/* Days since 1970-01-01 in the proleptic Gregorian calendar, by counting years from March, so that
 * the leap day is the last of its year. */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
    int64_t shifted = month <= 2 ? year - 1 : year;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    /* 0001-01-01 is the earliest date, so `shifted` is never negative. */
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year - 719468;
}

/* The inverse, for any day that the range of times can name. */
static void date_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t shifted = days + 719468; /* since 0000-03-01: positive in our range */
    int64_t era = shifted / 146097;
    int64_t day_of_era = shifted % 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;

    *day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    *month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    *year = (int)(400 * era + year_of_era + (*month <= 2));
}

/* `count` digits at `at` as a number, -1 if one is none. */
static int digits(const uint8_t *at, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        value = 10 * value + (at[i] - '0');
    }
    return value;
}

static bool within(int value, int min, int max)
{
    return value >= min && value <= max;
}

static int days_in_month(int year, int month)
{
    static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* The 19 characters YYYY-MM-DDTHH:MM:SS as seconds since 1970, whatever the offset. A leap second
 * becomes second 60, which is the next minute's first. */
static bool parse_seconds(const uint8_t *at, int64_t *out)
{
    int year = digits(at, 4), month = digits(at + 5, 2), day = digits(at + 8, 2);
    int hour = digits(at + 11, 2), minute = digits(at + 14, 2), second = digits(at + 17, 2);

    if (at[4] != '-' || at[7] != '-' || (at[10] | 0x20) != 't' || at[13] != ':' || at[16] != ':')
        return false;
    if (!within(year, 1, 9999) || !within(month, 1, 12) || !within(day, 1, 31))
        return false;
    if (day > days_in_month(year, month))
        return false;
    if (!within(hour, 0, 23) || !within(minute, 0, 59) || !within(second, 0, 60))
        return false;
    *out = days_from_date(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
    return true;
}

/* ".ddd…": microseconds; digits past the sixth are checked and dropped. `*at` moves behind it. */
static bool parse_fraction(const uint8_t **at, const uint8_t *end, int64_t *out_us)
{
    int64_t scale = SECOND_US;
    const uint8_t *digit = *at + 1;

    *out_us = 0;
    for (; digit < end && *digit >= '0' && *digit <= '9'; digit++) {
        scale /= 10;
        *out_us += scale * (*digit - '0');
    }
    if (digit == *at + 1)
        return false;
    *at = digit;
    return true;
}

/* "Z" or "+HH:MM" or "-HH:MM" up to the end: seconds east of UTC. */
static bool parse_offset(const uint8_t *at, const uint8_t *end, int64_t *out_seconds)
{
    int hours, minutes;

    *out_seconds = 0;
    if (end - at == 1)
        return (*at | 0x20) == 'z';
    if (end - at != 6 || (*at != '+' && *at != '-') || at[3] != ':')
        return false;
    hours = digits(at + 1, 2);
    minutes = digits(at + 4, 2);
    if (!within(hours, 0, 23) || !within(minutes, 0, 59))
        return false;
    *out_seconds = (*at == '-' ? -60 : 60) * (60 * hours + minutes);
    return true;
}

bool sm_timestamp_parse(struct sm_slice text, int64_t *out_us)
{
    const uint8_t *at, *end;
    int64_t seconds, offset, fraction_us = 0, time_us;

    if (text.size < sizeof("YYYY-MM-DDTHH:MM:SSZ") - 1 || !parse_seconds(text.data, &seconds))
        return false;
    at = text.data + sizeof("YYYY-MM-DDTHH:MM:SS") - 1;
    end = text.data + text.size;
    if (*at == '.' && !parse_fraction(&at, end, &fraction_us))
        return false;
    if (text.data[17] == '6')
        fraction_us = 0; /* the whole leap second is the first moment of the next minute */
    if (!parse_offset(at, end, &offset))
        return false;
    time_us = (seconds - offset) * SECOND_US + fraction_us;
    if (time_us < SM_TIME_MIN || time_us > SM_TIME_MAX)
        return false;
    *out_us = time_us;
    return true;
}

static char *put_digits(char *at, int64_t value, int count, char separator)
{
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    at[count] = separator;
    return at + count + 1;
}

void sm_timestamp_format(int64_t time_us, char out[SM_TIMESTAMP_TEXT_SIZE + 1])
{
    int64_t clamped = time_us < SM_TIME_MIN   ? SM_TIME_MIN
                      : time_us > SM_TIME_MAX ? SM_TIME_MAX
                                              : time_us;
    int64_t since_first = clamped - SM_TIME_MIN; /* never negative, so that % is what we mean */
    int64_t second = since_first / SECOND_US % DAY_SECONDS;
    int year, month, day;
    char *at = out;

    date_from_days(since_first / SECOND_US / DAY_SECONDS + SM_TIME_MIN / SECOND_US / DAY_SECONDS,
                   &year, &month, &day);
    at = put_digits(at, year, 4, '-');
    at = put_digits(at, month, 2, '-');
    at = put_digits(at, day, 2, 'T');
    at = put_digits(at, second / 3600, 2, ':');
    at = put_digits(at, second / 60 % 60, 2, ':');
    at = put_digits(at, second % 60, 2, '.');
    at = put_digits(at, since_first % SECOND_US, 6, 'Z');
    *at = '\0';
}
