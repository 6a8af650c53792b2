/* Numbers as exact decimals, never as floating point: grammar, numeric's range, canonical text,
 * comparison.
 *
 * PostgreSQL's rules (numeric.c, set_var_from_str and make_result): a number keeps the digits after
 * its point, moved by the exponent, never fewer than none ("display scale"): 1.50e1 is 15.0, 1.5e3
 * is 1500, 1e-3 is 0.001. At most 131072 digits before the point and 16383 after it. */
#include "base/base_priv.h"

enum {
    WHOLE_DIGITS_MAX = 131072,
    SCALE_MAX = 16383, /* digits after the point */
    EXPONENT_MAX = INT32_MAX / 2, /* what numeric_in itself takes, even of zero */
};

/* -WHOLE.FRACTIONe EXPONENT; the digits of both are the "mantissa", counted from 0. */
struct decimal {
    bool negative;
    const uint8_t *whole;
    const uint8_t *fraction;
    int64_t whole_size;
    int64_t fraction_size;
    int64_t exponent;
};

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static const uint8_t *skip_digits(const uint8_t *at, const uint8_t *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

/* "e+12" up to the end, which the grammar has checked. Beyond EXPONENT_MAX it stays there. */
static int64_t parse_exponent(const uint8_t *at, const uint8_t *end)
{
    int64_t value = 0;
    bool negative;

    at++;
    negative = *at == '-';
    if (!is_digit(*at))
        at++;
    for (; at < end && value <= EXPONENT_MAX; at++)
        value = 10 * value + (*at - '0');
    return negative ? -value : value;
}

static struct decimal split(struct sm_slice number)
{
    const uint8_t *at = number.data;
    const uint8_t *end = at + number.size;
    struct decimal parts = { .negative = *at == '-' };

    parts.whole = at + (parts.negative ? 1 : 0);
    at = skip_digits(parts.whole, end);
    parts.whole_size = at - parts.whole;
    if (at < end && *at == '.') {
        parts.fraction = at + 1;
        at = skip_digits(parts.fraction, end);
        parts.fraction_size = at - parts.fraction;
    }
    if (at < end)
        parts.exponent = parse_exponent(at, end);
    return parts;
}

/* Digits of the mantissa. */
static int64_t mantissa_size(const struct decimal *parts)
{
    return parts->whole_size + parts->fraction_size;
}

/* A digit of the mantissa; zeros before and behind it, as far as anybody asks. */
static uint8_t digit_at(const struct decimal *parts, int64_t index)
{
    if (index < 0 || index >= mantissa_size(parts))
        return '0';
    if (index < parts->whole_size)
        return parts->whole[index];
    return parts->fraction[index - parts->whole_size];
}

/* The first digit that is not zero; mantissa_size() if the number is zero. */
static int64_t first_significant(const struct decimal *parts)
{
    int64_t index = 0;

    while (index < mantissa_size(parts) && digit_at(parts, index) == '0')
        index++;
    return index;
}

static bool is_zero(const struct decimal *parts)
{
    return first_significant(parts) == mantissa_size(parts);
}

/* Digits of the mantissa that stand before the point once the exponent has moved it; may be
 * negative, or more than there are. */
static int64_t point_of(const struct decimal *parts)
{
    return parts->whole_size + parts->exponent;
}

static int64_t scale_of(const struct decimal *parts)
{
    int64_t scale = parts->fraction_size - parts->exponent;

    return scale > 0 ? scale : 0;
}

/* Digits before the point in canonical text, leading zeros dropped; 0 stands for the one of "0". */
static int64_t whole_digits(const struct decimal *parts)
{
    int64_t first = first_significant(parts);

    if (first == mantissa_size(parts) || first >= point_of(parts))
        return 0;
    return point_of(parts) - first;
}

/* Canonical text is the original bytes, unless there is an exponent or a zero with a sign. */
static bool is_canonical(struct sm_slice number)
{
    if (number.data[0] == '-' && number.data[1] == '0')
        return false;
    for (size_t i = 0; i < number.size; i++)
        if ((number.data[i] | 0x20) == 'e')
            return false;
    return true;
}

static size_t written_size(const struct decimal *parts)
{
    int64_t whole = whole_digits(parts);
    int64_t scale = scale_of(parts);
    int64_t size = (whole != 0 ? whole : 1) + (scale != 0 ? 1 + scale : 0);

    return (size_t)size + (parts->negative && !is_zero(parts) ? 1 : 0);
}

size_t sm__json_number_size(struct sm_slice number)
{
    struct decimal parts;

    if (is_canonical(number))
        return number.size;
    parts = split(number);
    return written_size(&parts);
}

static uint8_t *put_digits(uint8_t *out, const struct decimal *parts, int64_t first, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        *out++ = digit_at(parts, first + i);
    return out;
}

uint8_t *sm__json_put_number(uint8_t *out, struct sm_slice number)
{
    struct decimal parts;
    int64_t whole, scale, point;

    if (is_canonical(number)) {
        memcpy(out, number.data, number.size);
        return out + number.size;
    }
    parts = split(number);
    whole = whole_digits(&parts);
    scale = scale_of(&parts);
    point = point_of(&parts);
    if (parts.negative && !is_zero(&parts))
        *out++ = '-';
    if (whole == 0)
        *out++ = '0';
    out = put_digits(out, &parts, point - whole, whole);
    if (scale != 0) {
        *out++ = '.';
        out = put_digits(out, &parts, point, scale);
    }
    return out;
}

/* Range, and what it costs to write the number out. `number` ends at reader->at. */
static bool check_range(struct sm__json_reader *reader, struct sm_slice number)
{
    struct decimal parts = split(number);
    size_t size;

    if (parts.exponent > EXPONENT_MAX || parts.exponent < -EXPONENT_MAX ||
        scale_of(&parts) > SCALE_MAX || whole_digits(&parts) > WHOLE_DIGITS_MAX)
        return sm__json_refuse(reader, number.data, "a number outside the range of numeric");
    size = written_size(&parts);
    if (size > number.size)
        reader->digits_added += size - number.size;
    if (reader->digits_added > SM_JSON_DIGITS_ADDED_MAX)
        return sm__json_refuse(reader, number.data, "exponents that add too many digits");
    return true;
}

/* One digit or more from `at` on; NULL if there is none. */
static const uint8_t *expect_digits(struct sm__json_reader *reader, const uint8_t *at)
{
    const uint8_t *end = skip_digits(at, reader->end);

    if (end != at)
        return end;
    (void)sm__json_refuse(reader, at, "expected a digit");
    return NULL;
}

bool sm__json_read_number(struct sm__json_reader *reader, struct sm_slice *out)
{
    const uint8_t *begin = reader->at;
    const uint8_t *at = begin + (*begin == '-' ? 1 : 0);
    bool exponent = false;

    if (at < reader->end && *at == '0')
        at++;
    else
        at = expect_digits(reader, at);
    if (at != NULL && at < reader->end && *at == '.')
        at = expect_digits(reader, at + 1);
    if (at != NULL && at < reader->end && (*at | 0x20) == 'e') {
        exponent = true;
        at++;
        if (at < reader->end && (*at == '+' || *at == '-'))
            at++;
        at = expect_digits(reader, at);
    }
    if (at == NULL)
        return false;
    reader->at = at;
    *out = (struct sm_slice){ begin, (size_t)(at - begin) };
    /* Without an exponent only a very long number can be out of range. */
    return (!exponent && out->size <= SCALE_MAX) || check_range(reader, *out);
}

/* Magnitude against `with`, both as digits before a point: 0.d1d2d3... * 10^digits. */
static int compare_magnitude(const struct decimal *parts, uint64_t with)
{
    int64_t first = first_significant(parts);
    int64_t point = point_of(parts) - first;
    uint8_t digits[20];
    int64_t count = 0, last;

    for (uint64_t rest = with; rest != 0; rest /= 10)
        digits[count++] = (uint8_t)('0' + rest % 10); /* lowest first */
    if (first == mantissa_size(parts))
        return with == 0 ? 0 : -1;
    if (with == 0)
        return 1; /* it has no first digit whose place could be compared */
    if (point != count)
        return point < count ? -1 : 1;
    last = mantissa_size(parts) - first > count ? mantissa_size(parts) - first : count;
    for (int64_t i = 0; i < last; i++) {
        int ours = digit_at(parts, first + i);
        int theirs = i < count ? digits[count - 1 - i] : '0';

        if (ours != theirs)
            return ours - theirs;
    }
    return 0;
}

int sm_json_number_compare(const struct sm_json *number, int64_t with)
{
    struct decimal parts = split(number->text);
    bool negative = parts.negative && !is_zero(&parts);
    uint64_t magnitude = with < 0 ? 0 - (uint64_t)with : (uint64_t)with;

    if (negative != (with < 0))
        return negative ? -1 : 1;
    return negative ? -compare_magnitude(&parts, magnitude) : compare_magnitude(&parts, magnitude);
}

bool sm_json_integer(const struct sm_json *number, int64_t *out)
{
    struct decimal parts = split(number->text);
    int64_t point = point_of(&parts);
    int64_t value = 0;

    for (int64_t i = point > 0 ? point : 0; i < mantissa_size(&parts); i++)
        if (digit_at(&parts, i) != '0')
            return false;
    if (whole_digits(&parts) > 19) /* INT64_MAX has 19 digits */
        return false;
    /* Counted downwards: INT64_MIN has no positive counterpart. */
    for (int64_t i = point - whole_digits(&parts); i < point; i++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit_at(&parts, i) - '0', &value))
            return false;
    if (!parts.negative && __builtin_sub_overflow(0, value, &value))
        return false;
    *out = value;
    return true;
}
