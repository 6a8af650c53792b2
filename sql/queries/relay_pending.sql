-- Ids of one client ascend with its sequence. The first one is given however large it is.
SELECT client_id, command_id, sequence, organization_id, digest, value, header_names, header_values
FROM (SELECT p.*, sum(octet_length(value)) OVER (ORDER BY id) - octet_length(value) AS before
      FROM (SELECT * FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT $1::bigint) p) q
WHERE before < $2::bigint
ORDER BY id
