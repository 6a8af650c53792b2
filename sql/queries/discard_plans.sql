-- A plan made while a table was empty may read all of it, and PostgreSQL keeps it until it has analyzed
-- the table. So a session makes its plans anew after 1, 2, 4, 8, … units of work.
DISCARD PLANS
