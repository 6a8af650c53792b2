"""JSON as PostgreSQL's jsonb keeps it: numbers are exact decimals, and there is one text for a document.

Nothing here is shared with the program: it is the other opinion.
"""
import decimal
import json
import re


class Number(str):
    """A JSON number as it was written."""


class Invalid(Exception):
    pass


def _refuse(text):
    raise Invalid("%s is no JSON" % text)


def _check_text(text):
    if "\0" in text:
        raise Invalid("NUL character")
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise Invalid("lone surrogate")


DEPTH = 64  # the program's own limit; what follows are those of numeric
DIGITS_BEFORE, DIGITS_AFTER = 131072, 16383


def _check(value, depth=0):
    if depth > DEPTH:
        raise Invalid("too deep")
    if isinstance(value, dict):
        for name, member in value.items():
            _check_text(name)
            _check(member, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, Number):
        number = decimal.Decimal(value)
        if number.adjusted() >= DIGITS_BEFORE or -number.as_tuple().exponent > DIGITS_AFTER:
            raise Invalid("beyond numeric")
    elif isinstance(value, str):
        _check_text(value)


def parse(data):
    """Bytes to dicts, lists, str, Number, bool, None. Of a name that occurs twice the last counts."""
    try:
        value = json.loads(data.decode("utf-8"), parse_float=Number, parse_int=Number, parse_constant=_refuse)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Invalid(str(error))
    _check(value)
    return value


def plain(number):
    """A number as numeric prints it: 1e2 is 100, 1.10 keeps its zero, -0 has no sign."""
    value = decimal.Decimal(number)
    if value == 0:
        places = max(0, -value.as_tuple().exponent)
        return "0." + "0" * places if places else "0"
    return format(value, "f")


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _string(text):
    return '"%s"' % re.sub('["\\\\\x00-\x1f]', lambda m: _ESCAPES.get(m[0]) or "\\u%04x" % ord(m[0]), text)


def text(value):
    """What PostgreSQL prints for the document as jsonb."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        return plain(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return "[%s]" % ", ".join(text(item) for item in value)
    names = sorted(value, key=lambda name: (len(name.encode()), name.encode()))
    return "{%s}" % ", ".join("%s: %s" % (_string(name), text(value[name])) for name in names)
