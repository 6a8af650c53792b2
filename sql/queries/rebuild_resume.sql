-- What was left behind, if anything was: its scope, where it had got to, and how much it keeps.
SELECT scope, looked_until, looked_all FROM secretmagic_rebuild.state
