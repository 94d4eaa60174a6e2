"""Models: which version answers, how high the scores are, what drifts, what the shadow says."""

from parts import (
    LOCATION,
    annotations,
    board,
    board_link,
    choice,
    chosen,
    field,
    fields,
    graph,
    machine_link,
    row,
    sql,
    stat,
    table,
)

IT = "equipment_id = ${equipment:sqlstring}"
# a bundle may be there before its machine has spoken
equipment = choice(
    "equipment",
    "Machine",
    f"""
SELECT DISTINCT m.equipment_id AS __value, m.equipment_id AS __text
FROM ml.serve_ml_models AS m LEFT JOIN plant.equipment AS e ON e.id = m.equipment_id
WHERE {chosen("coalesce(e.location, '')", "location")} ORDER BY 2""",
    many=False,
)
RATIO_LINE = {
    "defaults": {
        "thresholds": {
            "mode": "absolute",
            "steps": [{"value": None, "color": "transparent"}, {"value": 1, "color": "red"}],
        }
    },
    "style": {"thresholdsStyle": {"mode": "dashed"}},
}
# the days that the range touches: ml.score_day and its kin count in days of UTC
DAYS = "day BETWEEN ($__timeFrom()::timestamptz AT TIME ZONE 'UTC')::date AND ($__timeTo()::timestamptz AT TIME ZONE 'UTC')::date"

BOARD = board(
    "millwright-models",
    "Models",
    "Which version answers for each machine, how high its scores are, which features drift, and what the shadow says.",
    [
        (
            4,
            [
                (
                    stat(
                        "Models that answer",
                        sql("SELECT count(*) AS models FROM ml.serving WHERE serving_version IS NOT NULL"),
                        "0",
                    ),
                    6,
                ),
                (
                    stat(
                        "Champions away",
                        sql("SELECT count(*) AS away FROM ml.serving WHERE champion_status <> 'ready'"),
                        "0",
                        colours=[(None, "green"), (1, "red")],
                        description="Named champion, but not ready: the newest version answers.",
                    ),
                    6,
                ),
                (
                    stat(
                        "Models that drift",
                        sql("SELECT count(*) AS drifting FROM report.model WHERE answers AND major > 0"),
                        "0",
                        colours=[(None, "green"), (1, "orange")],
                    ),
                    6,
                ),
                (
                    stat(
                        "Bundles refused",
                        sql("SELECT count(*) AS rejected FROM ml.serve_ml_models WHERE status = 'rejected'"),
                        "0",
                        colours=[(None, "green"), (1, "red")],
                    ),
                    6,
                ),
            ],
        ),
        row("Versions"),
        (
            7,
            [
                (
                    table(
                        "Versions of $equipment",
                        sql(f"""
SELECT equipment_id AS equipment, power, model_version AS version, status, aliases, answers, reference, major, moderate, worst_feature AS "worst feature", worst_psi AS "worst PSI",
    array_to_string(unscaled, ', ') AS unscaled, status_reason AS reason, updated_at AS updated
FROM report.model
WHERE {IT}
ORDER BY power, ml.version_key(model_version) DESC"""),
                        "No bundles of this machine",
                        overrides=[
                            field("worst PSI", decimals=2),
                            field("equipment", links=[machine_link()]),
                            field("aliases", noValue="none"),
                        ],
                    ),
                    24,
                )
            ],
        ),
        row("Scores"),
        (
            9,
            [
                (
                    graph(
                        "Score / threshold of $equipment",
                        sql(f"""
SELECT $__timeGroupAlias(p.time, $__interval), concat_ws(' ', p.power, p.model_version, p.stage, r.key) AS metric, max(ml.finite(r.value)) AS value
FROM ml.serve_ml_predictions AS p
CROSS JOIN LATERAL jsonb_each(p.ratio) AS r
WHERE p.{IT} AND $__timeFilter(p.time) AND p.stage <> 'requested'
GROUP BY 1, 2 ORDER BY 1"""),
                        "No predictions in this time",
                        description="Greatest in each step of the graph. Above 1: an anomaly.",
                        interval="1m",
                        links=[board_link("The machine", "millwright-machine", "${equipment:queryparam}")],
                        **RATIO_LINE,
                    ),
                    24,
                )
            ],
        ),
        (
            8,
            [
                (
                    graph(
                        "Median and 95th percentile per day",
                        sql(f"""
SELECT s.day::timestamp AT TIME ZONE 'UTC' AS time, concat_ws(' ', s.power, s.model_version, s.stage, s.modality, v.name) AS metric, v.value
FROM ml.score_trend AS s
CROSS JOIN LATERAL (VALUES ('median', s.median_ratio), ('p95', s.p95_ratio)) AS v (name, value)
WHERE s.{IT} AND s.stage <> 'requested' AND s.{DAYS}
ORDER BY 1"""),
                        "No predictions in this time",
                        links=[board_link("Maintenance forecast", "millwright-maintenance", "${equipment:queryparam}")],
                        **RATIO_LINE,
                    ),
                    12,
                ),
                (
                    graph(
                        "Share of anomalies per day",
                        sql(f"""
SELECT s.day::timestamp AT TIME ZONE 'UTC' AS time, concat_ws(' ', s.power, s.model_version, s.stage, v.name) AS metric, max(v.value) AS value
FROM ml.score_trend AS s
CROSS JOIN LATERAL (VALUES (NULL, s.anomaly_share), ('in training', s.training_false_alarm_rate)) AS v (name, value)
WHERE s.{IT} AND s.stage <> 'requested' AND v.value IS NOT NULL AND s.{DAYS}
GROUP BY 1, 2 ORDER BY 1"""),
                        "No predictions in this time",
                        "percentunit",
                        links=[board_link("Anomalies and alarms", "millwright-anomalies", "${equipment:queryparam}")],
                    ),
                    12,
                ),
            ],
        ),
        row("Drift"),
        (
            10,
            [
                (
                    graph(
                        "PSI of the features that drift most",
                        sql(f"""
WITH d AS (
    SELECT d.* FROM report.feature_drift_day AS d
    JOIN ml.serving AS s ON s.equipment_id = d.equipment_id AND s.power = d.power AND s.serving_version = d.model_version
    WHERE d.{IT} AND d.{DAYS}
)
SELECT d.day::timestamp AT TIME ZONE 'UTC' AS time, d.power || ' ' || d.feature AS metric, d.psi AS value
FROM d
WHERE d.feature IN (SELECT x.feature FROM d AS x GROUP BY 1 ORDER BY max(x.psi) DESC NULLS LAST LIMIT 10)
ORDER BY 1"""),
                        "No features counted in this time",
                    ),
                    12,
                ),
                (
                    table(
                        "Drift of the version that answers",
                        sql(f"""
SELECT d.power, d.feature, d.level, d.psi AS "PSI", d.mean_shift AS "mean shift", d.outside_share AS outside, d.missing_share AS missing, d.samples, d.reference_source AS reference
FROM ml.feature_drift AS d
JOIN ml.serving AS s ON s.equipment_id = d.equipment_id AND s.power = d.power AND s.serving_version = d.model_version
WHERE d.{IT}
ORDER BY d.psi DESC NULLS LAST"""),
                        "No reference, or too few samples",
                        overrides=[
                            fields("^(PSI|mean shift)$", decimals=2),
                            fields("^(outside|missing)$", unit="percentunit", decimals=1),
                            field("level", colours={"none": "green", "moderate": "orange", "major": "red"}),
                        ],
                    ),
                    12,
                ),
            ],
        ),
        row("Shadow and changes"),
        (
            8,
            [
                (
                    table(
                        "Champion and challenger of $equipment",
                        sql(f"""
SELECT s.equipment_id AS equipment, s.power, c.champion_version AS champion, c.challenger_version AS challenger, c.inputs, c.agreement, c.kappa,
    c.only_champion_anomalous AS "only champion", c.only_challenger_anomalous AS "only challenger", c.champion_alarms AS "alarms champion",
    c.challenger_alarms AS "alarms challenger"
FROM ml.serving AS s
CROSS JOIN LATERAL ml.compare_shadow(s.equipment_id, s.power, greatest($__timeFrom()::timestamptz, $__timeTo()::timestamptz - INTERVAL '1 day'), $__timeTo()::timestamptz, s.serving_version, s.challenger) AS c
WHERE s.{IT} AND s.challenger IS NOT NULL AND s.serving_version IS NOT NULL
ORDER BY c.agreement"""),
                        "No challenger is named",
                        description="Of the last day of the time that is shown: each pair of predictions is compared. Longer: ml.compare_shadow.",
                        overrides=[
                            field("agreement", unit="percentunit", decimals=1),
                            field("kappa", decimals=2),
                            field("equipment", links=[machine_link()]),
                        ],
                    ),
                    14,
                ),
                (
                    table(
                        "Changes",
                        sql(f"""
SELECT set_at AS time, alias, power, previous_version AS before, model_version AS after, set_by AS by, reason
FROM ml.model_alias_history WHERE {IT} ORDER BY set_at DESC LIMIT 100"""),
                        "No alias was ever set",
                        overrides=[fields("^(before|after)$", noValue="none")],
                    ),
                    10,
                ),
            ],
        ),
    ],
    [LOCATION, equipment],
    since="now-7d",
    refresh="1m",
    annotate=annotations(f" AND {IT}"),
)
