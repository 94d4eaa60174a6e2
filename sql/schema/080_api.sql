-- What HTTP needs to know: routes, the shapes of bodies, which SQLSTATE is which status, answers kept for Idempotency-Key.

CREATE TABLE api.schema_component (
    name text PRIMARY KEY CHECK (name ~ '^[A-Z][A-Za-z0-9]*$'),
    area text NOT NULL,
    definition jsonb NOT NULL CHECK (jsonb_typeof(definition) = 'object')
);
COMMENT ON TABLE api.schema_component IS
    'JSON Schemas of request and response bodies. One source: api.check_body validates requests with them, api.openapi publishes them, and tests hold the answers against them.';

CREATE TABLE api.route (
    method text NOT NULL
        CONSTRAINT route_method_check CHECK (method IN ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
    path text NOT NULL
        CONSTRAINT route_path_check CHECK (path ~ '^(/([a-z0-9._-]+|[{][a-z_]+[}]))+$'),
    area text NOT NULL,
    function text
        CONSTRAINT route_function_check CHECK (function ~ '^[a-z_]+[.][a-z0-9_]+$'),
    handler text,
    minimum_role text NOT NULL REFERENCES auth.role,
    success_status integer NOT NULL DEFAULT 200
        CONSTRAINT route_success_status_check CHECK (success_status IN (101, 200, 201, 202, 204)),
    body_mode text NOT NULL DEFAULT 'none'
        CONSTRAINT route_body_mode_check CHECK (body_mode IN ('none', 'members', 'whole')),
    body_argument text,
    rate_limit_per_minute integer CHECK (rate_limit_per_minute > 0),
    rate_limit_scope text
        CONSTRAINT route_rate_limit_scope_check CHECK (rate_limit_scope IN ('address', 'account')),
    max_body_bytes integer NOT NULL DEFAULT 65536 CHECK (max_body_bytes BETWEEN 0 AND 67108864),
    response text NOT NULL DEFAULT 'json'
        CONSTRAINT route_response_check CHECK (response IN ('json', 'token', 'cookie', 'empty')),
    summary text NOT NULL CHECK (length(summary) BETWEEN 1 AND 120),
    description text,
    tags text[] NOT NULL DEFAULT '{}',
    timeout_ms integer NOT NULL DEFAULT 10000 CHECK (timeout_ms BETWEEN 10 AND 600000),
    is_idempotent boolean NOT NULL DEFAULT true,
    parameters jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(parameters) = 'array'),
    request_schema jsonb,
    response_schema jsonb,
    errors text[] NOT NULL DEFAULT '{}',
    lane text NOT NULL DEFAULT 'request'
        CONSTRAINT route_lane_check CHECK (lane IN ('request', 'password')),
    PRIMARY KEY (method, path),
    CONSTRAINT route_target_check CHECK (num_nonnulls(function, handler) = 1),
    CONSTRAINT route_body_argument_check CHECK ((body_mode = 'whole' AND handler IS NULL) = (body_argument IS NOT NULL)),
    CONSTRAINT route_rate_limit_check CHECK ((rate_limit_per_minute IS NULL) = (rate_limit_scope IS NULL)),
    CONSTRAINT route_response_status_check CHECK ((response = 'empty') = (success_status IN (101, 204)))
);
COMMENT ON TABLE api.route IS
    'Every HTTP endpoint. thin loads it through api.route_catalog and again after each NOTIFY millwright_routes; api.openapi() documents it.';
COMMENT ON COLUMN api.schema_component.area IS 'The file in sql/data that owns the row.';
COMMENT ON COLUMN api.route.path IS 'Whole path with {members}, each of which is an argument of the function.';
COMMENT ON COLUMN api.route.area IS 'The file in sql/data that owns the row.';
COMMENT ON COLUMN api.route.function IS 'Schema-qualified name of the SQL function that answers with jsonb (text, because regproc columns stop pg_upgrade). NULL: a Swift handler does.';
COMMENT ON COLUMN api.route.handler IS 'Name of the Swift handler, for what needs arithmetic or sockets. NULL: a SQL function answers.';
COMMENT ON COLUMN api.route.minimum_role IS 'Least role that may call it; equals the least role that may EXECUTE the function (tested).';
COMMENT ON COLUMN api.route.body_mode IS 'members: each member of the body is an argument. whole: the body is one jsonb argument.';
COMMENT ON COLUMN api.route.body_argument IS 'Argument that takes the whole body.';
COMMENT ON COLUMN api.route.rate_limit_per_minute IS 'Requests a minute for one address or account. NULL: the general limit only.';
COMMENT ON COLUMN api.route.response IS
    'json: the result is the body. token: thin signs the result''s claims. cookie: the result is {cookie: {value, max_age} | null, body}; thin sets the session cookie or takes it away. empty: no body.';
COMMENT ON COLUMN api.route.timeout_ms IS 'statement_timeout of the request, in milliseconds.';
COMMENT ON COLUMN api.route.is_idempotent IS 'false: an Idempotency-Key is ignored, because the answer holds a secret that must not be kept.';
COMMENT ON COLUMN api.route.parameters IS
    'OpenAPI members for single parameters that pg_proc cannot tell: [{"name": …, "schema": {…}, "description": …}].';
COMMENT ON COLUMN api.route.request_schema IS 'JSON Schema of the body. NULL with body_mode members: derived from the function''s arguments.';
COMMENT ON COLUMN api.route.response_schema IS 'JSON Schema of the successful answer.';
COMMENT ON COLUMN api.route.errors IS 'SQLSTATEs of ours that this endpoint may answer with, beside those that every endpoint may.';

COMMENT ON COLUMN api.route.lane IS
    'Which connections of thin it runs on. password: it hashes one, which takes a quarter of a second, so it queues for connections of its own and is answered 503 when the queue is full (docs/operations.md).';

CREATE TABLE api.sqlstate_http (
    pattern text PRIMARY KEY
        CONSTRAINT sqlstate_http_pattern_check CHECK (pattern ~ '^([0-9A-Z]{5}|[0-9A-Z]{2,4}%|%)$'),
    status integer NOT NULL CHECK (status BETWEEN 400 AND 599),
    code text NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
    meaning text NOT NULL,
    is_message_public boolean NOT NULL DEFAULT false,
    stored_code text CHECK (stored_code ~ '^[0-9A-Z]{5}$')
);
COMMENT ON TABLE api.sqlstate_http IS
    'Which HTTP status an SQLSTATE becomes. The longest pattern that fits wins. docs/errors.md is generated from it.';
COMMENT ON COLUMN api.sqlstate_http.pattern IS 'A whole SQLSTATE, or its beginning and %.';
COMMENT ON COLUMN api.sqlstate_http.code IS 'Member code of the problem. For a pattern with %, the SQLSTATE itself is shown where its message may be.';

CREATE TABLE api.sqlstate_fault (
    pattern text PRIMARY KEY
        CONSTRAINT sqlstate_fault_pattern_check CHECK (pattern ~ '^([0-9A-Z]{5}|[0-9A-Z]{2,4}%|%)$'),
    fault text NOT NULL
        CONSTRAINT sqlstate_fault_fault_check CHECK (fault IN ('data', 'service', 'time', 'unclear')),
    meaning text NOT NULL
);
COMMENT ON TABLE api.sqlstate_fault IS
    'Whose fault an SQLSTATE is; the longest pattern that fits wins. Asked (api.fault_of; thin holds the rows) by whoever decides between trying again and refusing: ingest (also the decoding of what waits as history), predictions, waveforms.';
COMMENT ON COLUMN api.sqlstate_fault.pattern IS 'A whole SQLSTATE, or its beginning and %.';
COMMENT ON COLUMN api.sqlstate_fault.fault IS
    'data: what was sent. service: the database or the moment; it never counts against data, and what failed is tried again. time: it took too long; less at once may fit, and it never counts against data either. unclear: a trial alone, beside ingest.probe(), tells.';
COMMENT ON COLUMN api.sqlstate_http.is_message_public IS
    'Whether the error''s own message may be shown to the caller. false: title and meaning are shown instead, and the log has the rest.';
COMMENT ON COLUMN api.sqlstate_http.stored_code IS
    'Pattern of the row that holds instead where stored data is at fault and not the request: in a request that reads, or where the error came from computing outside of schema api. NULL: this row always holds.';

CREATE TABLE api.idempotency (
    owner text NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint text NOT NULL CHECK (length(fingerprint) BETWEEN 1 AND 128),
    status integer NOT NULL,
    body jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, key)
);
COMMENT ON TABLE api.idempotency IS
    'Answers to requests that carried an Idempotency-Key, written in the request''s own transaction and kept for 24 hours.';
COMMENT ON COLUMN api.idempotency.owner IS 'account:<id>, or address:<ip> for a request without a token.';
COMMENT ON COLUMN api.idempotency.fingerprint IS 'Hash over method, path and body, made by thin.';
CREATE INDEX idempotency_created_at_idx ON api.idempotency (created_at);

-- for api.list_alerts: what is active is a small part of a long history
CREATE INDEX alarm_active_idx ON alarm.alarm (raised_at DESC, id DESC) WHERE cleared_at IS NULL;
