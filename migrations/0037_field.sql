-- Clients of the original system: other names, other shapes, reads without a token.
CREATE TABLE api.path_alias (
    method text NOT NULL,
    alias text NOT NULL
        CONSTRAINT path_alias_alias_check CHECK (alias ~ '^(/([a-z0-9._-]+|[{][a-z_]+[}]))+$'),
    path text NOT NULL,
    PRIMARY KEY (method, alias),
    CONSTRAINT path_alias_path_check CHECK (alias <> path)
);
COMMENT ON TABLE api.path_alias IS
    'Further paths of endpoints: whatever api.route says of (method, path) holds for (method, alias), too.';
COMMENT ON COLUMN api.path_alias.alias IS 'Whole path, with the same {members} as path.';

CREATE TABLE api.parameter_alias (
    method text NOT NULL,
    path text NOT NULL,
    alias text NOT NULL
        CONSTRAINT parameter_alias_alias_check CHECK (alias ~ '^[a-z][a-z0-9_]*$'),
    member text NOT NULL,
    meanings jsonb
        CONSTRAINT parameter_alias_meanings_check CHECK (jsonb_typeof(meanings) = 'object'),
    PRIMARY KEY (method, path, alias),
    -- a row that would change nothing
    CONSTRAINT parameter_alias_member_check CHECK (alias <> member OR meanings IS NOT NULL)
);
COMMENT ON TABLE api.parameter_alias IS
    'Further names of what an endpoint takes (in the query, or as a member of the body), and further words for its '
    'values. thin gives them to the argument that member names; the OpenAPI document shows them as deprecated.';
COMMENT ON COLUMN api.parameter_alias.alias IS
    'The other name; or the member''s own, where only its values have others.';
COMMENT ON COLUMN api.parameter_alias.member IS 'Argument of the endpoint''s function.';
COMMENT ON COLUMN api.parameter_alias.meanings IS 'Other words for values: {"new": "unacknowledged"}. NULL: none.';

CREATE TABLE api.member_alias (
    component text NOT NULL,
    alias text NOT NULL
        CONSTRAINT member_alias_alias_check CHECK (alias ~ '^[a-z][a-z0-9_]*$'),
    member text NOT NULL,
    PRIMARY KEY (component, alias),
    CONSTRAINT member_alias_member_check CHECK (alias <> member)
);
COMMENT ON TABLE api.member_alias IS
    'Members of answers that say once more what another one says, under the name that the field reads '
    '(api.with_aliases). The OpenAPI document shows them as deprecated members of the component.';
COMMENT ON COLUMN api.member_alias.component IS 'api.schema_component.name.';

CREATE TABLE api.response_shape (
    method text NOT NULL,
    path text NOT NULL,
    name text NOT NULL
        CONSTRAINT response_shape_name_check CHECK (name ~ '^[a-z][a-z0-9_]{0,31}$'),
    function text
        CONSTRAINT response_shape_function_check CHECK (function ~ '^[a-z_]+[.][a-z0-9_]+$'),
    is_default boolean NOT NULL DEFAULT false,
    response_schema jsonb NOT NULL,
    description text NOT NULL,
    PRIMARY KEY (method, path, name)
);
CREATE UNIQUE INDEX response_shape_default_idx ON api.response_shape (method, path) WHERE is_default;
COMMENT ON TABLE api.response_shape IS
    'Shapes that an endpoint can give its answer, chosen by ?shape=. Endpoints without a row here have one shape and '
    'take no such parameter.';
COMMENT ON COLUMN api.response_shape.function IS
    'Makes the shape out of what the endpoint''s function answers: jsonb to jsonb. NULL: that is the shape.';
COMMENT ON COLUMN api.response_shape.is_default IS 'The one without ?shape=.';
COMMENT ON COLUMN api.response_shape.response_schema IS 'JSON Schema of the answer in this shape.';

-- e-mail to whoever has a role
ALTER TABLE relay.channel DROP CONSTRAINT channel_target_check;
ALTER TABLE relay.channel ADD CONSTRAINT channel_target_check
    CHECK (target ~ '^env:[A-Z][A-Z0-9_]*$'
        OR CASE kind
            WHEN 'email' THEN target ~ '^role:[a-z]{1,32}$'
                OR target ~ '^mailto:[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}(,[^[:space:],<>@:"]{1,64}@[A-Za-z0-9.-]{1,253}){0,49}$'
            WHEN 'slack_bot' THEN target ~ '^slack:[A-Z0-9]{1,32}$'
            ELSE target ~ '^https?://[^[:space:]]+$' END);
COMMENT ON COLUMN relay.channel.target IS
    'http(s) URL (webhooks), mailto:a@b,c@d (email, at most 50) or role:admin (email to the accounts that have the role), slack:ID of a channel or user (slack_bot); or env:NAME, which thin takes from its own environment, so that a secret need not stand here.';
