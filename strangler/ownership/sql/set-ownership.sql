-- A compare-and-set: only on the row that was seen.
UPDATE :"schema".ownership
SET epoch = :'epoch', attempt = :'attempt', owner = :'owner', state = :'state', target = nullif(:'target', '')
WHERE epoch = :'seenEpoch' AND attempt = :'seenAttempt' AND owner = :'seenOwner' AND state = :'seenState'
  AND target IS NOT DISTINCT FROM nullif(:'seenTarget', '')
RETURNING epoch
