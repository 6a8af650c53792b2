-- For the query of slow statements (pg_stat_statements); the library is loaded by docker-compose.yml.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
