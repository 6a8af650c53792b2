SELECT secretmagic_erase($1::uuid, $2::uuid)
