UPDATE relay_lease SET scanned_in = secretmagic_incarnation() WHERE epoch = $1::bigint RETURNING 1
