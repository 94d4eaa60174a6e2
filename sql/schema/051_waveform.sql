-- Waveforms: their features, from arrival until the other modalities of the same moment are there, and afterwards to look at.

CREATE TABLE ml.waveform_features (
    equipment_id text NOT NULL
        CONSTRAINT waveform_features_equipment_id_check CHECK (equipment_id ~ '^[[:alnum:]][[:alnum:]_.:-]{0,63}$'),
    modality text NOT NULL
        CONSTRAINT waveform_features_modality_check CHECK (modality IN ('current', 'vibration')),
    time timestamptz NOT NULL,
    sample_rate_hz float8 NOT NULL CHECK (sample_rate_hz > 0),
    samples integer NOT NULL CHECK (samples > 0),
    features jsonb NOT NULL,
    power text,
    model_version text,
    needs text[] NOT NULL DEFAULT '{}',
    outcome text NOT NULL DEFAULT 'waiting'
        CONSTRAINT waveform_features_outcome_check
        CHECK (outcome IN ('waiting', 'scored', 'refused', 'not_needed', 'no_model', 'no_partner')),
    outcome_detail text,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_at timestamptz,
    PRIMARY KEY (equipment_id, modality, time)
);
SELECT public.create_hypertable('ml.waveform_features', public.by_range('time', INTERVAL '1 day'), create_default_indexes => false);
COMMENT ON TABLE ml.waveform_features IS
    'Features that thin computed from waveforms, one row a waveform; a redelivery changes nothing. Written before the message is acknowledged, scored right after (ml.claim_waveforms). Kept as long as the setting ml.waveform_retention says: also what a new model can be trained with.';
COMMENT ON COLUMN ml.waveform_features.samples IS 'Samples per axis.';
COMMENT ON COLUMN ml.waveform_features.power IS 'Power and version that the message asked for; NULL: chosen as for every prediction.';
COMMENT ON COLUMN ml.waveform_features.needs IS 'The modalities of the bundle that answers for this machine: with those of one moment a set is complete.';
COMMENT ON COLUMN ml.waveform_features.outcome IS
    'waiting: for its partner. scored: in ml.serve_ml_predictions (source waveform). refused: outcome_detail says why. not_needed: the machine''s bundle does not use this modality. no_model: no bundle serves the machine. no_partner: the other modality did not come within the setting ml.waveform_partner_wait.';
CREATE INDEX waveform_features_waiting_idx ON ml.waveform_features (received_at) WHERE outcome = 'waiting';
