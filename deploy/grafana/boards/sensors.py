"""Live sensors: one row of panels for each quantity, so that no axis has two units."""

from parts import (
    LIMIT_LINES,
    LOCATION,
    annotations,
    board,
    board_link,
    choice,
    chosen,
    equipment,
    graph,
    limits,
    machine_link,
    field,
    panel,
    row,
    sql,
    table,
    trend,
    unit,
    unit_from,
)

# a type of sensor together with its unit
QUANTITY = "concat(sensor_type, ' [' || unit || ']')"
CHOSEN = f"{chosen('equipment_id', 'equipment')} AND {chosen('sensor', 'sensor')}"
THESE = f"{CHOSEN} AND {QUANTITY} = ${{quantity:sqlstring}}"
THEIR_SENSORS = (
    f"{chosen('equipment_id', 'equipment')} AND {chosen('name', 'sensor')} "
    "AND concat(type, ' [' || unit || ']') = ${quantity:sqlstring}"
)

quantity = choice(
    "quantity",
    "Quantity",
    f"""
SELECT DISTINCT concat(type, ' [' || unit || ']') AS __value, concat(type, ' [' || unit || ']') AS __text
FROM plant.sensor WHERE status <> 'retired' AND {chosen("equipment_id", "equipment")} ORDER BY 2""",
)

sensor = choice(
    "sensor",
    "Sensor",
    f"""
SELECT DISTINCT name AS __value, name AS __text
FROM plant.sensor WHERE status <> 'retired' AND {chosen("equipment_id", "equipment")}
    AND {chosen("concat(type, ' [' || unit || ']')", "quantity")} ORDER BY 2""",
)

# one machine at first: a panel of all of a plant's currents is drawn when somebody asks for it
FIRST = equipment() | {"current": {}}

machine = board_link("The machine", "millwright-machine", "${equipment:queryparam}")

BOARD = board(
    "millwright-sensors",
    "Live sensors",
    "What the sensors measure, a row for each quantity with its unit; dashed lines are the limits of the rules.",
    [
        row("$quantity", repeat="quantity"),
        (
            10,
            [
                (
                    graph(
                        "$quantity",
                        [
                            sql(trend("equipment || ' ' || sensor", {"": "mean"}, THESE)),
                            limits(THESE),
                            unit(THEIR_SENSORS),
                        ],
                        "No values in this time",
                        interval="1m",
                        overrides=LIMIT_LINES,
                        transformations=[unit_from()],
                        links=[machine],
                        description="Mean by minute up to two days, by hour up to 90, else by day. Dashed: limits of the rules that watch these sensors (report.rule_limit).",
                    ),
                    14,
                ),
                (
                    panel(
                        "bargauge",
                        "Now",
                        [
                            sql(
                                f"SELECT equipment_id || ' ' || sensor AS metric, value FROM report.current_value\nWHERE {THESE} ORDER BY 1 LIMIT 50",
                                "table",
                            ),
                            unit(THEIR_SENSORS),
                        ],
                        "No live values",
                        transformations=[unit_from()],
                        links=[machine],
                        options={
                            "reduceOptions": {"values": True, "calcs": ["lastNotNull"], "fields": ""},
                            "orientation": "horizontal",
                            "displayMode": "basic",
                            "showUnfilled": True,
                            "valueMode": "color",
                            "minVizWidth": 8,
                            "minVizHeight": 16,
                        },
                    ),
                    5,
                ),
                (
                    graph(
                        "Standard deviation",
                        [sql(trend("equipment || ' ' || sensor", {"": "stddev"}, THESE)), unit(THEIR_SENSORS)],
                        "No values in this time",
                        interval="1m",
                        transformations=[unit_from()],
                        description="Greatest one of the minutes (over two days: of the hours, over 90: of the day).",
                    ),
                    5,
                ),
            ],
        ),
        row("Values now"),
        (
            10,
            [
                (
                    table(
                        "Values now",
                        sql(f"""
SELECT equipment_id AS equipment, sensor, sensor_type AS type, value, unit, time, quality, is_out_of_range AS "out of range"
FROM report.current_value
WHERE {CHOSEN} AND {chosen(QUANTITY, "quantity")}
ORDER BY 1, 2 LIMIT 1000"""),
                        "No live values yet",
                        overrides=[field("equipment", links=[machine_link()]), field("time", unit="dateTimeFromNow")],
                        links=[board_link("Maintenance forecast", "millwright-maintenance", "${equipment:queryparam}")],
                    ),
                    24,
                )
            ],
        ),
    ],
    [LOCATION, FIRST, quantity, sensor],
    since="now-1h",
    refresh="5s",
    annotate=annotations(f" AND {chosen('equipment_id', 'equipment')}"),
)
