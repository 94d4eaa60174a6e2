-- What RUL-lite holds, to look into.
SELECT api.seed_schemas('rul_debug', $json$ {
    "RulDebug": {
        "type": "object", "required": ["states", "total", "settings"],
        "properties": {
            "states": {"type": "array", "items": {"type": "object",
                "required": ["equipment_id", "power", "alarm", "ratio", "rul_pct", "thresholds"],
                "properties": {
                    "equipment_id": {"type": "string"}, "power": {"type": "string"},
                    "alarm": {"type": ["integer", "null"], "enum": [0, 1, null]}, "ratio": {"type": ["number", "null"]},
                    "rul_pct": {"type": ["number", "null"]}, "units": {"type": ["number", "null"]},
                    "ceiling": {"type": ["number", "null"],
                    "description": "Units at the last alarm; recovery ends here."},
                    "above": {"type": ["integer", "null"], "description": "Ticks in a row above the limit."},
                    "below": {"type": ["integer", "null"]},
                    "calm": {"type": ["integer", "null"], "description": "Calm ticks in a row."},
                    "step_decay": {"type": ["number", "null"]}, "step_recover": {"type": ["number", "null"]},
                    "updated_at": {"type": ["string", "null"], "format": "date-time"},
                    "recorded_at": {"type": ["string", "null"], "format": "date-time"},
                    "x": {"type": ["number", "null"]}, "y": {"type": ["number", "null"]},
                    "z": {"type": ["number", "null"]}, "vibe": {"type": ["number", "null"]},
                    "thresholds": {"type": ["object", "null"], "properties": {
                        "current": {"type": ["number", "null"]}, "vibration": {"type": ["number", "null"]},
                        "source": {"type": "string", "enum": ["given", "learned", "file"]},
                        "equipment_id": {"type": "string", "description": "Of the row; * stands for all."},
                        "power": {"type": "string"}, "set_at": {"type": "string", "format": "date-time"}}},
                    "stored_to": {"type": ["string", "null"], "format": "date-time",
                        "description": "Time of the last stored point that was a tick."},
                    "stored_ticks": {"type": ["integer", "null"]}}}},
            "total": {"type": "integer"}, "page": {"type": "integer"}, "size": {"type": "integer"},
            "settings": {"type": "object"}}}
} $json$);

SELECT api.seed_routes('rul_debug', $json$ [
    {"method": "GET", "path": "/api/v1/rul/debug", "function": "api.get_rul_debug", "role": "viewer", "tags": ["rul"],
     "summary": "What RUL-lite holds of each machine", "answer": "RulDebug", "errors": ["MW404"]}
] $json$);
