WITH members AS (
    SELECT $json$ {
        "id": {"type": "integer", "readOnly": true},
        "equipment_id": {"type": "string", "minLength": 1, "maxLength": 64},
        "name": {"type": "string", "minLength": 1, "maxLength": 128, "description": "Position within the machine."},
        "type": {"type": "string", "minLength": 1, "maxLength": 64, "default": "unknown"},
        "description": {"type": ["string", "null"], "maxLength": 4000},
        "created_at": {"type": "string", "format": "date-time", "readOnly": true},
        "updated_at": {"type": "string", "format": "date-time", "readOnly": true}
    } $json$::jsonb AS component, $json$ {
        "id": {"type": "integer", "readOnly": true},
        "component_id": {"type": "integer", "minimum": 1, "maximum": 9223372036854775807},
        "installed_at": {"type": "string", "format": "date-time"},
        "removed_at": {"type": ["string", "null"], "format": "date-time", "description": "null: still in."},
        "end_reason": {"type": ["string", "null"], "enum": ["failed", "preventive", "other", null]},
        "age_hours": {"type": "number", "minimum": 0, "maximum": 1e9, "default": 0,
        "description": "Hours of service when it was installed."},
        "part": {"type": ["string", "null"], "maxLength": 200},
        "serial_number": {"type": ["string", "null"], "maxLength": 200},
        "note": {"type": ["string", "null"], "maxLength": 4000},
        "source": {"type": ["string", "null"], "maxLength": 200},
        "created_by": {"type": ["string", "null"], "readOnly": true},
        "created_at": {"type": "string", "format": "date-time", "readOnly": true},
        "updated_at": {"type": "string", "format": "date-time", "readOnly": true}
    } $json$::jsonb AS life, $json$ {
        "id": {"type": "integer", "readOnly": true},
        "equipment_id": {"type": "string", "minLength": 1, "maxLength": 64},
        "component_id": {"type": ["integer", "null"], "minimum": 1, "maximum": 9223372036854775807},
        "failed_at": {"type": "string", "format": "date-time"},
        "down_from": {"type": ["string", "null"], "format": "date-time",
        "description": "null: it did not stand still."},
        "down_to": {"type": ["string", "null"], "format": "date-time",
        "description": "null with a down_from: it still stands."},
        "cause": {"type": ["string", "null"], "maxLength": 200},
        "description": {"type": ["string", "null"], "maxLength": 4000},
        "source": {"type": ["string", "null"], "maxLength": 200},
        "created_by": {"type": ["string", "null"], "readOnly": true},
        "created_at": {"type": "string", "format": "date-time", "readOnly": true},
        "updated_at": {"type": "string", "format": "date-time", "readOnly": true}
    } $json$::jsonb AS failure, $json$ {
        "id": {"type": "integer", "readOnly": true},
        "equipment_id": {"type": "string", "minLength": 1, "maxLength": 64},
        "component_id": {"type": ["integer", "null"], "minimum": 1, "maximum": 9223372036854775807},
        "failure_id": {"type": ["integer", "null"], "minimum": 1, "maximum": 9223372036854775807},
        "maintenance_id": {"type": ["integer", "null"], "minimum": 1, "maximum": 9223372036854775807},
        "kind": {"type": "string", "enum": ["corrective", "preventive", "inspection"], "default": "preventive"},
        "title": {"type": "string", "minLength": 1, "maxLength": 200},
        "description": {"type": ["string", "null"], "maxLength": 4000},
        "status": {"type": "string", "enum": ["proposed", "planned", "in_progress", "done", "cancelled"],
        "default": "planned"},
        "planned_from": {"type": ["string", "null"], "format": "date-time"},
        "planned_to": {"type": ["string", "null"], "format": "date-time"},
        "done_at": {"type": ["string", "null"], "format": "date-time"},
        "finding": {"type": ["string", "null"], "enum": ["failed", "worn", "nothing", "other", null]},
        "found": {"type": ["string", "null"], "maxLength": 4000},
        "cost": {"type": ["number", "null"], "minimum": 0, "maximum": 999999999999.99,
        "description": "In the setting plant.currency."},
        "assignee": {"type": ["string", "null"], "maxLength": 200},
        "basis": {"type": "object", "default": {}, "description": "What spoke for it."},
        "created_by": {"type": ["string", "null"], "readOnly": true},
        "created_at": {"type": "string", "format": "date-time", "readOnly": true},
        "updated_at": {"type": "string", "format": "date-time", "readOnly": true}
    } $json$::jsonb AS work_order, $json$ {
        "id": {"type": "integer", "readOnly": true},
        "equipment_id": {"type": ["string", "null"], "minLength": 1, "maxLength": 64},
        "equipment_type": {"type": ["string", "null"], "minLength": 1, "maxLength": 64},
        "component_type": {"type": ["string", "null"], "minLength": 1, "maxLength": 64},
        "failure": {"type": "number", "minimum": 0, "maximum": 999999999999.99},
        "preventive": {"type": "number", "minimum": 0, "maximum": 999999999999.99},
        "downtime_per_hour": {"type": "number", "minimum": 0, "maximum": 999999999999.99, "default": 0},
        "created_at": {"type": "string", "format": "date-time", "readOnly": true},
        "updated_at": {"type": "string", "format": "date-time", "readOnly": true}
    } $json$::jsonb AS cost
), entities AS (
    -- what a POST must have, what a PATCH cannot change, examples of both
    SELECT e.* FROM members, LATERAL (VALUES
        ('Component', component, '{equipment_id,name}'::text[], '{equipment_id}'::text[],
            jsonb '{"equipment_id": "press-1", "name": "bearing DE", "type": "bearing"}', jsonb '{"type": "bearing"}'),
        ('ComponentLife', life, '{component_id,installed_at}', '{component_id}',
            '{"component_id": 1, "installed_at": "2026-01-05T06:00:00Z", "part": "SKF 6205"}',
            '{"removed_at": "2026-11-20T14:10:00Z", "end_reason": "failed"}'),
        ('Failure', failure, '{equipment_id,failed_at}', '{equipment_id}',
            '{"equipment_id": "press-1", "failed_at": "2026-11-20T14:10:00Z", "down_from": "2026-11-20T14:10:00Z", '
            '"down_to": "2026-11-20T17:00:00Z", "cause": "lubrication"}',
            '{"cause": "lubrication"}'),
        ('WorkOrder', work_order, '{equipment_id,title}', '{equipment_id}',
            '{"equipment_id": "press-1", "title": "Change the bearing", "planned_from": "2026-12-01T06:00:00Z", '
            '"planned_to": "2026-12-01T09:00:00Z"}',
            '{"status": "in_progress"}'),
        ('Cost', cost, '{failure,preventive}', '{equipment_id,equipment_type,component_type}',
            '{"equipment_type": "motor", "failure": 4500000, "preventive": 900000, "downtime_per_hour": 350000}',
            '{"downtime_per_hour": 400000}')
    ) AS e (name, members, required, fixed, create_example, update_example)
), bodies AS (
    SELECT jsonb_object_agg(b.name, b.definition) || $json$ {
        "WorkOrderClose": {"type": "object", "additionalProperties": false, "required": ["finding"], "properties": {
            "done_at": {"type": "string", "format": "date-time", "description": "Default: now."},
            "finding": {"type": "string", "enum": ["failed", "worn", "nothing", "other"]},
            "found": {"type": "string", "maxLength": 4000},
            "cost": {"type": "number", "minimum": 0, "maximum": 999999999999.99},
            "replaced": {"type": "boolean", "default": false,
            "description": "The component got a new part: its life ends, the next begins."},
            "part": {"type": "string", "maxLength": 200},
            "serial_number": {"type": "string", "maxLength": 200}},
            "example": {"finding": "worn", "found": "Inner race pitted."}},
        "LifeImport": {"type": "object", "additionalProperties": false, "required": ["csv"], "properties": {
            "csv": {"type": "string", "maxLength": 8000000,
            "description": "With a header: equipment_id, component, installed_at; and of component_type, removed_at, end_reason, age_hours, part, serial_number, note, cause, down_from, down_to."},
            "source": {"type": "string", "maxLength": 200},
            "dry_run": {"type": "boolean", "default": false,
            "description": "Only says what would become of each row."}},
            "example": {"csv": "equipment_id,component,installed_at,removed_at,end_reason\npress-1,spindle,2025-01-05T06:00:00Z,2025-11-20T14:10:00Z,failed\n"}},
        "LifeImportResult": {"type": "object", "required": ["stored", "unchanged", "refused", "refusals"],
        "properties": {
            "stored": {"type": "integer"}, "unchanged": {"type": "integer"}, "refused": {"type": "integer"},
            "refusals": {"type": "array", "description": "The first 1000.", "items": {"type": "object",
            "required": ["line", "reason"],
                "properties": {"line": {"type": "integer"}, "reason": {"type": "string"}}}}}}
    } $json$::jsonb AS schemas
    FROM (
        SELECT e.name, jsonb_build_object('type', 'object', 'properties', e.members,
            'required', (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(e.members) AS k)) AS definition
                FROM entities AS e
        UNION ALL
        SELECT e.name || 'Create',
               jsonb_build_object('type', 'object', 'properties', e.members, 'required', to_jsonb(e.required),
            'additionalProperties', false, 'example', e.create_example) FROM entities AS e
        UNION ALL
        SELECT e.name || 'Update', jsonb_build_object('type', 'object', 'properties', e.members || (
                SELECT jsonb_object_agg(f, e.members -> f || jsonb '{"readOnly": true}') FROM unnest(e.fixed) AS f),
            'additionalProperties', false, 'example', e.update_example) FROM entities AS e
    ) AS b
)
SELECT api.seed_schemas('lives', schemas) FROM bodies;

-- four endpoints of each kind, and what is their own
SELECT api.seed_routes('lives', (
    SELECT jsonb_agg(r.route || jsonb_build_object('tags', jsonb_build_array(k.tag)))
    FROM (VALUES
        ('components', 'component', 'components', 'Component', 'engineer', 'a component', 'components'),
        ('component-lives', 'component_life', 'component_lives', 'ComponentLife', 'engineer', 'a life of a component',
         'components'),
        ('failures', 'failure', 'failures', 'Failure', 'operator', 'a failure', 'maintenance'),
        ('work-orders', 'work_order', 'work_orders', 'WorkOrder', 'engineer', 'a work order', 'maintenance'),
        ('costs', 'cost', 'costs', 'Cost', 'engineer', 'a row of costs', 'maintenance')
    ) AS k (path, name, plural, schema, role, what, tag)
    CROSS JOIN LATERAL (VALUES
        (jsonb_build_object('method', 'GET', 'path', '/api/v1/' || k.path, 'function', 'api.list_' || k.plural, 'role',
                            'viewer',
            'summary', 'List ' || replace(k.plural, '_', ' '), 'answer', 'page ' || k.schema)),
        (jsonb_build_object('method', 'POST', 'path', '/api/v1/' || k.path, 'function', 'api.create_' || k.name, 'role',
                            k.role,
            'status', 201, 'body_argument', 'body', 'summary', 'Add ' || k.what, 'request', k.schema || 'Create',
            'answer', k.schema,
            'errors', jsonb '["MW409"]')),
        (jsonb_build_object('method', 'GET', 'path', format('/api/v1/%s/{id}', k.path), 'function',
                            'api.get_' || k.name,
            'role', 'viewer', 'summary', 'Get ' || k.what, 'answer', k.schema)),
        (jsonb_build_object('method', 'PATCH', 'path', format('/api/v1/%s/{id}', k.path), 'function',
                            'api.update_' || k.name,
            'role', k.role, 'body_argument', 'body', 'summary', 'Change ' || k.what, 'request', k.schema || 'Update',
            'answer', k.schema, 'errors', jsonb '["MW409"]'))
    ) AS r (route)
) || $json$ [
    {"method": "DELETE", "path": "/api/v1/costs/{id}", "function": "api.delete_cost", "role": "engineer", "status": 204,
     "summary": "Delete a row of costs", "tags": ["maintenance"]},
    {"method": "POST", "path": "/api/v1/work-orders/{id}/close", "function": "api.close_work_order", "role": "operator",
     "body_argument": "body", "summary": "Say that a work order is done and what was found",
     "request": "WorkOrderClose",
     "answer": "WorkOrder", "errors": ["MW409"], "tags": ["maintenance"]},
    {"method": "POST", "path": "/api/v1/component-lives/import", "function": "api.import_lives", "role": "engineer",
     "body_argument": "body", "max_body_bytes": 10000000, "timeout_ms": 60000, "summary": "Import lives from CSV",
     "request": "LifeImport", "answer": "LifeImportResult", "errors": ["MW409"], "tags": ["components"]}
] $json$);
