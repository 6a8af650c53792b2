-- Every writer finds its epoch raised, forgets what it knows, and claims its partitions again. Nobody
-- died of the record at its position.
UPDATE consumer_offsets SET epoch = epoch + 1, claims = 0, claimed_offset = -1;
UPDATE client_buckets SET generation = generation + 1;
DROP SCHEMA secretmagic_rebuild CASCADE
