-- Both heartbeats, as this side has them; the age of a row that was written elsewhere mixes two clocks.
SELECT side, round(extract(epoch FROM beat_at) * 1000)::float8 AS at,
       round(extract(epoch FROM clock_timestamp() - beat_at) * 1000)::float8 AS age
FROM :"schema".heartbeat
