-- The slot stands already: in one cluster, making it here would wait for this very transaction.
-- origin = none: only what was written there, never what came there by replication, or rows would go in circles.
-- streaming = on: a large transaction is kept in a file until it commits; "parallel" would take more workers.
CREATE SUBSCRIPTION :"name" CONNECTION :'connection' PUBLICATION :"publication"
WITH (create_slot = false, slot_name = :'slot', enabled = false, copy_data = :'copy', origin = none, streaming = on)
