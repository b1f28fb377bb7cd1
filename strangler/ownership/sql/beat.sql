-- One heartbeat.
UPDATE :"schema".heartbeat SET beat = beat + 1, beat_at = clock_timestamp() WHERE side = :'side'
RETURNING beat::float8
