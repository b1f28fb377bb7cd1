-- The rows that were seen here are gone, or may be: nobody is promised them any more.
UPDATE strangler.identity SET incarnation = DEFAULT
