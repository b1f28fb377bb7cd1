-- The last heartbeat of a side, as far as it has come here.
SELECT beat::float8 FROM :"schema".heartbeat WHERE side = :'side'
