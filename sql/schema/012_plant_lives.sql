-- What became of machines: the parts in them and how long each lived, failures, work orders, and what they cost.
-- A COMMENT ON CONSTRAINT here is "member: message": what a caller is told whose values break it (api.refuse,
-- plant.import_lives).

CREATE TABLE plant.component (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE RESTRICT,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    type text NOT NULL DEFAULT 'unknown' CHECK (length(type) BETWEEN 1 AND 64),
    description text CHECK (length(description) <= 4000),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT component_equipment_id_name_key UNIQUE (equipment_id, name),
    CONSTRAINT component_id_equipment_id_key UNIQUE (id, equipment_id)
);
COMMENT ON TABLE plant.component IS
    'A position in a machine that a part sits in (bearing, drive end). The parts come and go: plant.component_life.';
COMMENT ON COLUMN plant.component.name IS 'Position within the machine.';
COMMENT ON COLUMN plant.component.type IS
    'Kind of part: bearing, belt, seal … Costs and lives are compared within a type.';
COMMENT ON CONSTRAINT component_equipment_id_fkey ON plant.component IS 'equipment_id: there is no such equipment';
COMMENT ON CONSTRAINT component_equipment_id_name_key ON plant.component IS
    'name: the equipment has a component of this name';
CREATE INDEX component_type_idx ON plant.component (type);

CREATE TABLE plant.component_life (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    component_id bigint NOT NULL REFERENCES plant.component ON DELETE RESTRICT,
    installed_at timestamptz NOT NULL,
    removed_at timestamptz,
    end_reason text
        CONSTRAINT component_life_end_reason_check CHECK (end_reason IN ('failed', 'preventive', 'other')),
    age_hours float8 NOT NULL DEFAULT 0
        CONSTRAINT component_life_age_hours_check CHECK (age_hours BETWEEN 0 AND 1e9),
    part text CHECK (length(part) <= 200),
    serial_number text CHECK (length(serial_number) <= 200),
    note text CHECK (length(note) <= 4000),
    source text CHECK (length(source) <= 200),
    created_by text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT component_life_installed_at_check CHECK (isfinite(installed_at)),
    CONSTRAINT component_life_removed_at_check CHECK (isfinite(removed_at)),
    CONSTRAINT component_life_time_check CHECK (removed_at > installed_at),
    CONSTRAINT component_life_end_check CHECK ((removed_at IS NULL) = (end_reason IS NULL)),
    -- a bigint as a range of one: equality for GiST without an extension
    CONSTRAINT component_life_overlap_excl EXCLUDE USING gist (
        int8range(component_id, component_id, '[]') WITH &&, tstzrange(installed_at, removed_at) WITH &&)
);
COMMENT ON TABLE plant.component_life IS
    'The time that one part sat in a component. Two lives of a component never overlap. Ended by failure: a '
    'run-to-failure record; by anything else, or not yet: the life would have lasted longer (censored).';
COMMENT ON COLUMN plant.component_life.removed_at IS
    'End of service (exclusive): the failure, or the removal. NULL: still in.';
COMMENT ON COLUMN plant.component_life.end_reason IS
    'failed: it could not go on. preventive: replaced before that. other: taken out for another reason.';
COMMENT ON COLUMN plant.component_life.age_hours IS
    'Hours of service that the part had when it was installed (used parts).';
COMMENT ON COLUMN plant.component_life.part IS 'Maker and number of the part.';
COMMENT ON COLUMN plant.component_life.source IS
    'Where it is known from: a file, another system. NULL: somebody entered it.';
COMMENT ON CONSTRAINT component_life_component_id_fkey ON plant.component_life IS
    'component_id: there is no such component';
COMMENT ON CONSTRAINT component_life_installed_at_check ON plant.component_life IS
    'installed_at: must be a finite time';
COMMENT ON CONSTRAINT component_life_removed_at_check ON plant.component_life IS 'removed_at: must be a finite time';
COMMENT ON CONSTRAINT component_life_time_check ON plant.component_life IS
    'removed_at: must be later than installed_at';
COMMENT ON CONSTRAINT component_life_end_reason_check ON plant.component_life IS
    'end_reason: must be one of failed, preventive, other';
COMMENT ON CONSTRAINT component_life_end_check ON plant.component_life IS
    'end_reason: must be given with removed_at, and only with it';
COMMENT ON CONSTRAINT component_life_age_hours_check ON plant.component_life IS 'age_hours: must be 0 to 1e9';
COMMENT ON CONSTRAINT component_life_overlap_excl ON plant.component_life IS
    'installed_at: overlaps with another life of the same component';
CREATE INDEX component_life_component_id_installed_at_idx ON plant.component_life (component_id, installed_at);

CREATE TABLE plant.failure (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE RESTRICT,
    component_id bigint,
    failed_at timestamptz NOT NULL,
    down_from timestamptz,
    down_to timestamptz,
    cause text CHECK (length(cause) <= 200),
    description text CHECK (length(description) <= 4000),
    source text CHECK (length(source) <= 200),
    created_by text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT failure_component_id_fkey FOREIGN KEY (component_id, equipment_id)
        REFERENCES plant.component (id, equipment_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    CONSTRAINT failure_id_equipment_id_key UNIQUE (id, equipment_id),
    CONSTRAINT failure_equipment_id_component_id_failed_at_key UNIQUE NULLS NOT DISTINCT (equipment_id, component_id,
        failed_at),
    CONSTRAINT failure_failed_at_check CHECK (isfinite(failed_at)),
    CONSTRAINT failure_down_from_check CHECK (isfinite(down_from)),
    CONSTRAINT failure_down_to_check CHECK (isfinite(down_to)),
    CONSTRAINT failure_down_check CHECK (down_to IS NULL OR down_from IS NOT NULL),
    CONSTRAINT failure_time_check CHECK (down_to > down_from),
    CONSTRAINT failure_order_check CHECK (down_to >= failed_at)
);
COMMENT ON TABLE plant.failure IS
    'A machine, or a component of it, could not do what it is for. plant.label and report.reliability_machines read '
    'it.';
COMMENT ON COLUMN plant.failure.component_id IS
    'Component of the same machine that failed. NULL: not known, or the machine as a whole.';
COMMENT ON COLUMN plant.failure.down_from IS
    'Since when the machine stood still for it; may be before failed_at. NULL: it did not.';
COMMENT ON COLUMN plant.failure.down_to IS 'NULL with a down_from: it still stands.';
COMMENT ON COLUMN plant.failure.cause IS 'In a few words, the same each time: lubrication, overload.';
COMMENT ON COLUMN plant.failure.source IS 'Where it is known from: a file, another system. NULL: somebody reported it.';
COMMENT ON CONSTRAINT failure_equipment_id_fkey ON plant.failure IS 'equipment_id: there is no such equipment';
COMMENT ON CONSTRAINT failure_component_id_fkey ON plant.failure IS 'component_id: the equipment has no such component';
COMMENT ON CONSTRAINT failure_equipment_id_component_id_failed_at_key ON plant.failure IS
    'failed_at: this failure is known already';
COMMENT ON CONSTRAINT failure_failed_at_check ON plant.failure IS 'failed_at: must be a finite time';
COMMENT ON CONSTRAINT failure_down_from_check ON plant.failure IS 'down_from: must be a finite time';
COMMENT ON CONSTRAINT failure_down_to_check ON plant.failure IS 'down_to: must be a finite time';
COMMENT ON CONSTRAINT failure_down_check ON plant.failure IS 'down_from: must be given with down_to';
COMMENT ON CONSTRAINT failure_time_check ON plant.failure IS 'down_to: must be later than down_from';
COMMENT ON CONSTRAINT failure_order_check ON plant.failure IS 'down_to: must not be before failed_at';
CREATE INDEX failure_component_id_idx ON plant.failure (component_id);
CREATE INDEX failure_failed_at_idx ON plant.failure (failed_at);

CREATE TABLE plant.work_order (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE RESTRICT,
    component_id bigint,
    failure_id bigint,
    maintenance_id bigint CONSTRAINT work_order_maintenance_id_key UNIQUE,
    kind text NOT NULL DEFAULT 'preventive'
        CONSTRAINT work_order_kind_check CHECK (kind IN ('corrective', 'preventive', 'inspection')),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description text CHECK (length(description) <= 4000),
    status text NOT NULL DEFAULT 'planned'
        CONSTRAINT work_order_status_check CHECK (status IN ('proposed', 'planned', 'in_progress', 'done',
                                                             'cancelled')),
    planned_from timestamptz,
    planned_to timestamptz,
    done_at timestamptz,
    finding text
        CONSTRAINT work_order_finding_check CHECK (finding IN ('failed', 'worn', 'nothing', 'other')),
    found text CHECK (length(found) <= 4000),
    cost numeric(14, 2) CONSTRAINT work_order_cost_check CHECK (cost BETWEEN 0 AND 999999999999.99),
    assignee text CHECK (length(assignee) <= 200),
    basis jsonb NOT NULL DEFAULT '{}'
        CHECK (jsonb_typeof(basis) = 'object' AND octet_length(basis::text) <= 65536),
    created_by text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT work_order_component_id_fkey FOREIGN KEY (component_id, equipment_id)
        REFERENCES plant.component (id, equipment_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    CONSTRAINT work_order_failure_id_fkey FOREIGN KEY (failure_id, equipment_id)
        REFERENCES plant.failure (id, equipment_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    CONSTRAINT work_order_maintenance_id_fkey FOREIGN KEY (maintenance_id, equipment_id)
        REFERENCES plant.maintenance (id, equipment_id) ON UPDATE CASCADE ON DELETE SET NULL (maintenance_id),
    CONSTRAINT work_order_planned_from_check CHECK (isfinite(planned_from)),
    CONSTRAINT work_order_planned_to_check CHECK (isfinite(planned_to)),
    CONSTRAINT work_order_done_at_check CHECK (isfinite(done_at)),
    CONSTRAINT work_order_time_check CHECK (planned_to > planned_from),
    CONSTRAINT work_order_done_check CHECK ((status = 'done') = (done_at IS NOT NULL)),
    CONSTRAINT work_order_outcome_check CHECK (status = 'done' OR finding IS NULL)
);
COMMENT ON TABLE plant.work_order IS
    'What is to be done at a machine, and what was found: proposed (advice that nobody has confirmed), planned, in '
    'progress, done, cancelled. The time in which its alarms are suppressed is a row of plant.maintenance, if there is '
    'one.';
COMMENT ON COLUMN plant.work_order.component_id IS 'Component of the same machine that it is about.';
COMMENT ON COLUMN plant.work_order.failure_id IS 'Failure of the same machine that it mends.';
COMMENT ON COLUMN plant.work_order.maintenance_id IS
    'Its window or work order in plant.maintenance, of the same machine; of one order each.';
COMMENT ON COLUMN plant.work_order.kind IS
    'corrective: something failed. preventive: before it does. inspection: to look.';
COMMENT ON COLUMN plant.work_order.finding IS
    'Outcome, a source of labels (plant.label). failed: it had failed. worn: it would have before long. nothing: as it '
    'should be. other: none of these.';
COMMENT ON COLUMN plant.work_order.found IS 'What was found and done, in words.';
COMMENT ON COLUMN plant.work_order.cost IS 'What it cost, parts and labour, in the setting plant.currency.';
COMMENT ON COLUMN plant.work_order.basis IS 'What spoke for it when it was proposed (estimate, signals, costs).';
COMMENT ON CONSTRAINT work_order_equipment_id_fkey ON plant.work_order IS 'equipment_id: there is no such equipment';
COMMENT ON CONSTRAINT work_order_component_id_fkey ON plant.work_order IS
    'component_id: the equipment has no such component';
COMMENT ON CONSTRAINT work_order_failure_id_fkey ON plant.work_order IS 'failure_id: the equipment has no such failure';
COMMENT ON CONSTRAINT work_order_maintenance_id_fkey ON plant.work_order IS
    'maintenance_id: the equipment has no such maintenance';
COMMENT ON CONSTRAINT work_order_maintenance_id_key ON plant.work_order IS
    'maintenance_id: belongs to another work order';
COMMENT ON CONSTRAINT work_order_planned_from_check ON plant.work_order IS 'planned_from: must be a finite time';
COMMENT ON CONSTRAINT work_order_planned_to_check ON plant.work_order IS 'planned_to: must be a finite time';
COMMENT ON CONSTRAINT work_order_done_at_check ON plant.work_order IS 'done_at: must be a finite time';
COMMENT ON CONSTRAINT work_order_time_check ON plant.work_order IS 'planned_to: must be later than planned_from';
COMMENT ON CONSTRAINT work_order_done_check ON plant.work_order IS
    'done_at: must be given with status done, and only with it';
COMMENT ON CONSTRAINT work_order_outcome_check ON plant.work_order IS
    'finding: can only be given of an order that is done';
COMMENT ON CONSTRAINT work_order_cost_check ON plant.work_order IS 'cost: must be 0 to 999999999999.99';
CREATE INDEX work_order_equipment_id_idx ON plant.work_order (equipment_id);
CREATE INDEX work_order_component_id_idx ON plant.work_order (component_id);
CREATE INDEX work_order_failure_id_idx ON plant.work_order (failure_id);

CREATE TABLE plant.cost (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    equipment_type text CHECK (length(equipment_type) BETWEEN 1 AND 64),
    component_type text CHECK (length(component_type) BETWEEN 1 AND 64),
    failure numeric(14, 2) NOT NULL,
    preventive numeric(14, 2) NOT NULL,
    downtime_per_hour numeric(14, 2) NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT cost_scope_check CHECK (num_nonnulls(equipment_id, equipment_type) <= 1),
    CONSTRAINT cost_scope_key UNIQUE NULLS NOT DISTINCT (equipment_id, equipment_type, component_type),
    -- NaN is greater than every number
    CONSTRAINT cost_failure_check CHECK (failure BETWEEN 0 AND 999999999999.99),
    CONSTRAINT cost_preventive_check CHECK (preventive BETWEEN 0 AND 999999999999.99),
    CONSTRAINT cost_downtime_per_hour_check CHECK (downtime_per_hour BETWEEN 0 AND 999999999999.99)
);
COMMENT ON TABLE plant.cost IS
    'What a failure, a preventive replacement and an hour of standing still cost, in the setting plant.currency: of a '
    'machine, else of its type, else of all. plant.component_cost says which row holds.';
COMMENT ON COLUMN plant.cost.equipment_type IS 'All machines of this type. NULL with no equipment_id: all machines.';
COMMENT ON COLUMN plant.cost.component_type IS 'Components of this type only. NULL: all, and the machine as a whole.';
COMMENT ON COLUMN plant.cost.failure IS 'Of one failure: parts, labour, scrap; without the time it stands still.';
COMMENT ON COLUMN plant.cost.preventive IS 'Of one replacement before it fails, all in.';
COMMENT ON COLUMN plant.cost.downtime_per_hour IS 'Of one hour that the machine stands still unplanned.';
COMMENT ON CONSTRAINT cost_equipment_id_fkey ON plant.cost IS 'equipment_id: there is no such equipment';
COMMENT ON CONSTRAINT cost_scope_check ON plant.cost IS 'equipment_type: cannot be given with equipment_id';
COMMENT ON CONSTRAINT cost_scope_key ON plant.cost IS 'equipment_id: this machine or type has its costs; change those';
COMMENT ON CONSTRAINT cost_failure_check ON plant.cost IS 'failure: must be 0 to 999999999999.99';
COMMENT ON CONSTRAINT cost_preventive_check ON plant.cost IS 'preventive: must be 0 to 999999999999.99';
COMMENT ON CONSTRAINT cost_downtime_per_hour_check ON plant.cost IS 'downtime_per_hour: must be 0 to 999999999999.99';

CREATE TYPE plant.life_row AS (
    line integer,
    outcome text,
    reason text,
    equipment_id text,
    component text,
    component_type text,
    component_id bigint,
    installed_at timestamptz,
    removed_at timestamptz,
    end_reason text,
    age_hours float8,
    part text,
    serial_number text,
    note text,
    cause text,
    down_from timestamptz,
    down_to timestamptz
);
COMMENT ON TYPE plant.life_row IS
    'A row of a file of lives as it was read, and what becomes of it: outcome stored, ended (an open life gets its '
    'end), unchanged or refused, with the reason.';
