-- What became of estimates, the correction learned from it, and advice (sql/schema/054_outcome.sql).

CREATE TABLE ml.rul_ended (
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    ended_at timestamptz NOT NULL,
    began_at timestamptz,
    reason text NOT NULL CHECK (reason IN ('failed', 'preventive', 'other')),
    equipment_type text NOT NULL,
    component_id bigint,
    life_id bigint,
    failure_id bigint,
    is_late boolean NOT NULL DEFAULT false,
    judged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (equipment_id, ended_at)
);
COMMENT ON TABLE ml.rul_ended IS
    'Ends of machines'' lives (ml.rul_end) as they were when the estimates before them were last judged. Where the two '
    'differ, ml.outcome_judge judges anew. Written by it.';
COMMENT ON COLUMN ml.rul_ended.began_at IS
    'Estimates from here on are held against this end: the end before, or when the part went in. NULL: not known.';
COMMENT ON COLUMN ml.rul_ended.reason IS
    'failed: the estimates are judged. Else they are censored: it would have lasted longer.';
COMMENT ON COLUMN ml.rul_ended.is_late IS 'An estimate for the time before it came after it was judged: judge anew.';
CREATE INDEX rul_ended_ended_at_idx ON ml.rul_ended (ended_at);

CREATE TABLE ml.rul_outcome (
    equipment_id text NOT NULL,
    ended_at timestamptz NOT NULL,
    method text NOT NULL REFERENCES ml.rul_method,
    power text NOT NULL,
    model_version text NOT NULL,
    time timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    rul_hours float8 NOT NULL,
    lower_hours float8,
    upper_hours float8,
    told_lower_hours float8,
    told_upper_hours float8,
    cap_hours float8,
    confidence float8,
    actual_hours float8 NOT NULL CHECK (actual_hours >= 0),
    is_censored boolean NOT NULL,
    PRIMARY KEY (equipment_id, method, power, model_version, time),
    FOREIGN KEY (equipment_id, ended_at) REFERENCES ml.rul_ended ON UPDATE CASCADE ON DELETE CASCADE
);
COMMENT ON TABLE ml.rul_outcome IS
    'Estimates of remaining life (report.remaining_life) beside what was really left: of each method, power and '
    'version as many of a life as the setting ml.outcome_estimates says, evenly over its time. Written by '
    'ml.outcome_judge.';
COMMENT ON COLUMN ml.rul_outcome.lower_hours IS 'As the method stated it; upper_hours, too. NULL: it states none.';
COMMENT ON COLUMN ml.rul_outcome.told_lower_hours IS
    'As it was told, with the correction of that time (ml.rul_correction); told_upper_hours, too.';
COMMENT ON COLUMN ml.rul_outcome.cap_hours IS
    'The method never says more (member cap_hours of its basis): then this much is what is held against. NULL: no cap.';
COMMENT ON COLUMN ml.rul_outcome.actual_hours IS
    'Hours of the calendar from time to the end; where is_censored, it would have been more.';
CREATE INDEX rul_outcome_equipment_id_ended_at_idx ON ml.rul_outcome (equipment_id, ended_at);
CREATE INDEX rul_outcome_method_idx ON ml.rul_outcome (method);

CREATE TABLE ml.rul_correction (
    method text NOT NULL REFERENCES ml.rul_method,
    equipment_type text NOT NULL CHECK (length(equipment_type) BETWEEN 1 AND 64),
    valid_from timestamptz NOT NULL DEFAULT clock_timestamp(),
    shift float8 CHECK (shift BETWEEN -50 AND 50),
    lives integer NOT NULL CHECK (lives >= 0),
    estimates integer NOT NULL CHECK (estimates >= 0),
    raw_coverage float8 CHECK (raw_coverage BETWEEN 0 AND 1),
    reason text,
    PRIMARY KEY (method, equipment_type, valid_from)
);
COMMENT ON TABLE ml.rul_correction IS
    'By how much the 80 % interval of a method is widened or narrowed for machines of a type, learned from lives that '
    'ended (ml.conformal_fit). The row with the last valid_from holds for estimates received from then on.';
COMMENT ON COLUMN ml.rul_correction.shift IS
    'Both ends are moved outwards by it, in ln(1 h + hours): 0.69 halves the lower end and doubles the upper one. '
    'Negative: inwards. NULL: no correction, see reason.';
COMMENT ON COLUMN ml.rul_correction.lives IS 'Lives that it was learned from; estimates: of them.';
COMMENT ON COLUMN ml.rul_correction.raw_coverage IS
    'Share of those lives'' estimates that the interval as the method stated it held.';

CREATE TABLE plant.advice (
    equipment_id text PRIMARY KEY REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    component_id bigint,
    run_began_at timestamptz NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    best_at timestamptz,
    best_cost_per_hour float8,
    failing_cost_per_hour float8,
    risk float8 NOT NULL,
    latest_safe_at timestamptz,
    act_at timestamptz,
    stop_at timestamptz,
    stop_with text[] NOT NULL DEFAULT '{}',
    moving_cost float8,
    reason text,
    basis jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(basis) = 'object')
);
COMMENT ON TABLE plant.advice IS
    'When each machine that has an estimate of its remaining life should be seen to: report.advice as the job '
    'plant.advise last found it, with the stop that it can be done in.';
COMMENT ON COLUMN plant.advice.component_id IS 'The part that it is about; NULL: the machine as a whole.';
COMMENT ON COLUMN plant.advice.run_began_at IS 'Since when the part, or the machine, serves: of one life, one order.';
COMMENT ON COLUMN plant.advice.best_at IS
    'Replaced then, an hour of service costs least. NULL: see reason, or run to failure costs no more.';
COMMENT ON COLUMN plant.advice.best_cost_per_hour IS
    'Expected cost of an hour of service when it is replaced at best_at, in the setting plant.currency; '
    'failing_cost_per_hour: when it runs until it fails.';
COMMENT ON COLUMN plant.advice.risk IS 'Until latest_safe_at it fails with this probability.';
COMMENT ON COLUMN plant.advice.act_at IS 'The earlier of best_at and latest_safe_at.';
COMMENT ON COLUMN plant.advice.stop_at IS 'When to do it: act_at, or when others, stop_with, are done at its location.';
COMMENT ON COLUMN plant.advice.moving_cost IS 'What doing it at stop_at and not at act_at is expected to cost.';
COMMENT ON COLUMN plant.advice.basis IS 'What speaks for it: estimate, distribution, costs, alarms, similar ends.';
CREATE INDEX advice_component_id_idx ON plant.advice (component_id);

CREATE TABLE plant.advice_order (
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    component_id bigint,
    run_began_at timestamptz NOT NULL,
    work_order_id bigint NOT NULL REFERENCES plant.work_order ON DELETE CASCADE,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT advice_order_life_key UNIQUE NULLS NOT DISTINCT (equipment_id, component_id, run_began_at),
    CONSTRAINT advice_order_work_order_id_key UNIQUE (work_order_id)
);
COMMENT ON TABLE plant.advice_order IS
    'The work order that was proposed for a life: never two. Who cancels it has said no for this life; who deletes it '
    'may be asked again.';
COMMENT ON COLUMN plant.advice_order.run_began_at IS 'plant.advice.run_began_at.';

CREATE TYPE plant.advice_case AS (
    n integer, rul float8, low float8, high float8, elapsed float8, age float8, failure float8, preventive float8,
    risk float8);
COMMENT ON TYPE plant.advice_case IS
    'What plant.advice_optima decides about: remaining life with its 80 % interval as it was estimated, hours since '
    'then, hours served by now, costs of a failure and of a replacement before it, and a probability.';
