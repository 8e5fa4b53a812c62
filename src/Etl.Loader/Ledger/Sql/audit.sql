-- name: list_audit
-- Absent filters are constants to the planner, since statements are planned with their values.
SELECT id, at, actor, database_role, action, reason, load_id, target, details
  FROM etl_loader.audit
 WHERE (@after IS NULL OR id < @after)
   AND (@actor IS NULL OR actor = @actor)
   AND (@target IS NULL OR target = @target)
   AND (@load_id IS NULL OR load_id = @load_id)
 ORDER BY id DESC
 LIMIT @limit
