-- Scans by client are by index from their first row on: a sort of all that is left, again for each
-- snapshot, would cost the square of the log.
SET LOCAL cursor_tuple_fraction = 0.0001
