"""The forms of StarRocks SQL that commands may have, by structure.

No parser at hand is a judge of StarRocks SQL: sqlglot refuses valid statements and accepts invalid ones, MariaDB takes
RENAME TABLE a TO b.c. So the forms that StarRocks' own grammar accepts are listed here, and whatever is none of them is
refused. Words stand for themselves; `x` is a quoted name, `x`.`y` two of them.

  NAME    a quoted name: small letters, digits and _, a letter first, 64 characters at most
  LONG    the same with 255 characters at most: a database's or a table's
  TABLE   LONG.LONG
  TEXT    a string in " or ' without quotes and backslashes;  NUMBER, SIZE (100GB)
  COLUMNS one or more columns with types;  PAIRS  "key" = "value", ...
  ANYTHING  a query's rest: tokens that are balanced, without ; and comments
  [ ] optional, ( | ) one of
"""
import re

TOKEN = re.compile(r"""\s+|(?P<name>`[^`]*`)|(?P<text>"[^"]*"|'[^']*')|(?P<number>\d+(\.\d+)?)(?![A-Za-z_0-9])|(?P<size>\d+[A-Z]+)"""
                   r"""|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign><=|>=|<>|[-(),.=<>*+|])""")
NAME = re.compile(r"`[a-z][a-z0-9_]{0,63}`\Z")
LONG = re.compile(r"`[a-z][a-z0-9_]{0,254}`\Z")
INFORMATION = re.compile(r"`[A-Za-z][A-Za-z0-9_]{0,254}`\Z")
TYPE = re.compile(r"(BOOLEAN|TINYINT|SMALLINT|INT|BIGINT|LARGEINT|FLOAT|DOUBLE|STRING|JSON|DATE|DATETIME)\Z")

FORMS = """
CREATE DATABASE IF NOT EXISTS LONG [ PROPERTIES ( PAIRS ) ]
ALTER DATABASE LONG SET DATA QUOTA SIZE
ALTER DATABASE LONG SET REPLICA QUOTA NUMBER
ALTER DATABASE LONG RENAME LONG
DROP DATABASE IF EXISTS LONG
CREATE TABLE IF NOT EXISTS TABLE ( COLUMNS ) ENGINE = OLAP PRIMARY KEY ( NAMES ) PARTITION BY date_trunc ( TEXT , NAME ) DISTRIBUTED BY HASH ( NAMES ) BUCKETS NUMBER PROPERTIES ( PAIRS )
CREATE TABLE IF NOT EXISTS TABLE ( COLUMNS ) ENGINE = OLAP PRIMARY KEY ( NAMES ) PARTITION BY LIST ( NAME ) ( PARTITION NAME VALUES IN ( TEXT ) ) DISTRIBUTED BY HASH ( NAMES ) BUCKETS NUMBER PROPERTIES ( PAIRS )
ALTER TABLE TABLE RENAME LONG
ALTER TABLE TABLE ADD PARTITION IF NOT EXISTS NAME VALUES IN ( TEXT )
ALTER TABLE TABLE DROP PARTITION IF EXISTS NAME
DROP TABLE IF EXISTS TABLE
TRUNCATE TABLE TABLE
CREATE OR REPLACE VIEW TABLE AS SELECT NAMES FROM TABLE [ WHERE NAME = TEXT ]
DROP VIEW IF EXISTS TABLE
CREATE ROLE IF NOT EXISTS NAME
DROP ROLE IF EXISTS NAME
GRANT RIGHTS ON TABLE TABLE TO ROLE NAME
GRANT RIGHTS ON VIEW TABLE TO ROLE NAME
GRANT RIGHTS ON ALL TABLES IN DATABASE LONG TO ROLE NAME
REVOKE RIGHTS ON TABLE TABLE FROM ROLE NAME
REVOKE RIGHTS ON VIEW TABLE FROM ROLE NAME
REVOKE RIGHTS ON ALL TABLES IN DATABASE LONG FROM ROLE NAME
CREATE RESOURCE GROUP IF NOT EXISTS NAME TO ( role = TEXT ) WITH ( PAIRS )
DROP RESOURCE GROUP NAME
SUBMIT TASK NAME PROPERTIES ( PAIRS ) AS INSERT INTO TABLE ( NAMES ) SELECT ANYTHING
INSERT INTO TABLE WITH LABEL NAME ( NAMES ) SELECT ANYTHING
INSERT INTO FILES ( PAIRS ) SELECT ANYTHING
DELETE FROM TABLE WHERE NAME = TEXT
DELETE FROM TABLE USING ( SELECT ANYTHING ) AS x WHERE ANYTHING
SELECT ANYTHING
""".strip().splitlines()

# What is meant by one "TABLE" in a form: the keyword, where a name follows; else a table's name.
KEYWORD_TABLE = {"CREATE", "ALTER", "DROP", "TRUNCATE", "ON"}
RIGHTS = {"SELECT", "INSERT", "UPDATE", "DELETE"}


class Refused(Exception):
    pass


def tokens(sql):
    out, at = [], 0
    bare = re.sub(r"""`[^`]*`|"[^"]*"|'[^']*'""", "x", sql)
    if ";" in bare or "--" in bare or "/*" in bare or "\\" in sql:
        raise Refused("a statement's end, a comment or an escape inside of it")
    while at < len(sql):
        match = TOKEN.match(sql, at)
        if match is None:
            raise Refused("no token: " + sql[at:at + 30])
        if match.lastgroup is not None:
            out.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return out


class Reader:
    def __init__(self, found):
        self.found, self.at = found, 0

    def look(self):
        return self.found[self.at] if self.at < len(self.found) else ("end", "")

    def take(self, kind=None, text=None):
        token = self.look()
        if token[0] == "end" or (kind is not None and token[0] != kind) or (text is not None and token[1] != text):
            raise Refused("expected %s, found %s" % (text or kind, token[1]))
        self.at += 1
        return token[1]

    def name(self, known=NAME):
        name = self.take("name")
        if not known.match(name):
            raise Refused("not a name of ours: " + name)

    def table(self):
        self.name(LONG)
        self.take("sign", ".")
        self.name(LONG)

    def listed(self, one):
        one()
        while self.look() == ("sign", ","):
            self.take()
            one()

    def column_of_list(self):
        """A name, perhaps of table s, or a cast of one, or a string, as selects list them."""
        if self.look() == ("word", "s"):
            self.take()
            self.take("sign", ".")
        self.name()

    def right(self):
        if self.take("word") not in RIGHTS:
            raise Refused("not a right")

    def pair(self):
        self.take("text")
        self.take("sign", "=")
        self.take("text")

    def column(self):
        self.name()
        kind = self.take("word")
        if kind in ("VARCHAR", "DECIMAL"):
            self.take("sign", "(")
            self.listed(lambda: self.take("number"))
            self.take("sign", ")")
        elif not TYPE.match(kind):
            raise Refused("not a type: " + kind)
        if self.look() == ("word", "NOT"):
            self.take()
        self.take("word", "NULL")
        if self.look() == ("word", "DEFAULT"):
            self.take()
            if self.look() == ("word", "CURRENT_TIMESTAMP"):
                self.take()
            else:
                self.take("text")

    def anything(self):
        depth, begun = 0, self.at
        while self.look()[0] != "end":
            kind, text = self.look()
            if text == ")" and depth == 0:
                break
            depth += (text == "(") - (text == ")")
            if kind == "name" and not INFORMATION.match(text):
                raise Refused("not a name: " + text)
            self.at += 1
        if depth != 0 or self.at == begun:
            raise Refused("parentheses do not match")

    def form(self, words):
        for index, word in enumerate(words):
            if word == "[":
                if self.look()[0] == "end":
                    return
            elif word == "]":
                pass
            elif word == "TABLE" and self.look() == ("word", "TABLE") and words[index - 1] in KEYWORD_TABLE:
                self.take()
            elif word == "TABLE":
                self.table()
            elif word in ("NAME", "LONG"):
                self.name(LONG if word == "LONG" else NAME)
            elif word in ("NAMES", "RIGHTS", "PAIRS", "COLUMNS"):
                self.listed({"NAMES": self.column_of_list, "RIGHTS": self.right, "PAIRS": self.pair,
                             "COLUMNS": self.column}[word])
            elif word in ("TEXT", "NUMBER"):
                self.take(word.lower())
            elif word == "SIZE":
                if not re.match(r"[1-9]\d*(B|KB|MB|GB|TB|PB)\Z", self.take("size")):
                    raise Refused("not a size")
            elif word == "ANYTHING":
                self.anything()
            else:
                self.take(None, word)
        if self.look()[0] != "end":
            raise Refused("too much: " + self.look()[1])


def judge(sql):
    """None, or why it is none of the forms."""
    why = "no form begins so"
    try:
        found = tokens(sql)
    except Refused as refused:
        return str(refused)
    for form in FORMS:
        reader = Reader(found)
        try:
            reader.form(form.split())
            return None
        except Refused as refused:
            if reader.at > 2:
                why = "%s, of %s" % (refused, form)
    return why
