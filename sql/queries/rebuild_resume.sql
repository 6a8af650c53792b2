-- What was left behind: its scope, and where it had got to.
SELECT scope, looked_until, looked_all FROM secretmagic_rebuild.state
