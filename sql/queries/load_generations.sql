SELECT bucket, generation FROM client_buckets
