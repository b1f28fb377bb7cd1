-- Whether a subscription's worker runs, and what it has met.
SELECT EXISTS (SELECT FROM pg_stat_subscription WHERE subid = oid AND worker_type = 'apply' AND pid IS NOT NULL) AS running,
       coalesce(apply_error_count, 0)::float8 AS apply_errors,
       coalesce(sync_error_count, 0)::float8 AS copy_errors,
       jsonb_build_object(
         'insert_exists', coalesce(confl_insert_exists, 0),
         'update_origin_differs', coalesce(confl_update_origin_differs, 0),
         'update_exists', coalesce(confl_update_exists, 0),
         'update_missing', coalesce(confl_update_missing, 0),
         'delete_origin_differs', coalesce(confl_delete_origin_differs, 0),
         'delete_missing', coalesce(confl_delete_missing, 0),
         'multiple_unique_conflicts', coalesce(confl_multiple_unique_conflicts, 0)
       ) AS conflicts
FROM pg_subscription
LEFT JOIN pg_stat_subscription_stats ON subid = oid
WHERE pg_subscription.subname = :'name'
  AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
