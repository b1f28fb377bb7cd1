-- One heartbeat.
UPDATE :"schema".heartbeat
SET beat = beat + 1, beat_at = clock_timestamp(),
    position = pg_current_wal_insert_lsn(), incarnation = (SELECT incarnation FROM strangler.identity)
WHERE side = :'side'
RETURNING beat::float8
