-- Resumable: one transaction, so that a run which was interrupted has left nothing.
--
-- A schema for each module, its types first. Nothing here waits for a lock.

CREATE SCHEMA "carts";
CREATE SCHEMA "catalog";
CREATE SCHEMA "customers";
CREATE SCHEMA "inventory";
CREATE SCHEMA "orders";
CREATE SCHEMA "payments";

-- The release before names the types as "public"."role": until the contract it finds a domain there. PostgreSQL knows
-- how to compare two values of one enum, but not a value with one of a domain over that enum: these operators do.
DO $$
DECLARE
  type text[];
BEGIN
  FOREACH type SLICE 1 IN ARRAY ARRAY[
    ['customers', 'role'],
    ['orders', 'order_status'],
    ['orders', 'order_step'],
    ['payments', 'payment_status']
  ] LOOP
    EXECUTE format(
      'ALTER TYPE public.%2$I SET SCHEMA %1$I;
       CREATE DOMAIN public.%2$I AS %1$I.%2$I;
       CREATE FUNCTION public.equal(a %1$I.%2$I, b public.%2$I) RETURNS boolean LANGUAGE sql IMMUTABLE
         AS ''SELECT a OPERATOR(pg_catalog.=) b::%1$I.%2$I'';
       CREATE FUNCTION public.unequal(a %1$I.%2$I, b public.%2$I) RETURNS boolean LANGUAGE sql IMMUTABLE
         AS ''SELECT a OPERATOR(pg_catalog.<>) b::%1$I.%2$I'';
       CREATE OPERATOR public.= (LEFTARG = %1$I.%2$I, RIGHTARG = public.%2$I, FUNCTION = public.equal);
       CREATE OPERATOR public.<> (LEFTARG = %1$I.%2$I, RIGHTARG = public.%2$I, FUNCTION = public.unequal)',
      type[1], type[2]
    );
  END LOOP;
END $$;

-- Runs one change that needs a table for itself, in the caller's transaction, without making anybody wait for long:
-- whoever asks for a lock makes all later comers queue behind it, so it asks for a moment only, steps back, and asks
-- again. The caller commits at once.
CREATE PROCEDURE "public"."patiently"(change text) LANGUAGE plpgsql AS $$
DECLARE
  attempt int := 0;
BEGIN
  LOOP
    BEGIN
      PERFORM set_config('lock_timeout', '25ms', true);
      EXECUTE change;
      RETURN;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      attempt := attempt + 1;
    END;
    IF attempt % 100 = 0 THEN
      RAISE NOTICE 'still waiting for a free moment to: %', change;
    END IF;
    PERFORM pg_sleep(0.02 + 0.08 * random());
  END LOOP;
END $$;
