-- Advice on maintenance, and how good estimates of remaining life were.
SELECT api.seed_schemas('advice', $json$ {
    "Advice": {
        "type": "object", "required": ["device_id", "best_at", "latest_safe_at", "act_at", "stop_at", "reason",
          "basis"],
        "properties": {
            "device_id": {"type": "string"}, "device_name": {"type": "string"},
            "location": {"type": ["string", "null"]}, "component_id": {"type": ["integer", "null"]},
            "component": {"type": ["string", "null"], "description": "The part that it is about; null: the machine."},
            "made_at": {"type": "string", "format": "date-time"},
            "best_at": {"type": ["string", "null"], "format": "date-time",
              "description": "Replaced then, an hour of service costs least; null: see reason."},
            "best_cost_per_hour": {"type": ["number", "null"]},
            "failing_cost_per_hour": {"type": ["number", "null"], "description": "If it runs until it fails."},
            "risk": {"type": "number"},
            "latest_safe_at": {"type": ["string", "null"], "format": "date-time",
              "description": "Until then it fails with the probability risk."},
            "act_at": {"type": ["string", "null"], "format": "date-time", "description": "The earlier of the two."},
            "stop_at": {"type": ["string", "null"], "format": "date-time",
              "description": "When to do it: with what else is done at its location."},
            "stop_with": {"type": "array", "items": {"type": "string"}, "description": "Machines of the same stop."},
            "moving_cost": {"type": ["number", "null"]}, "reason": {"type": ["string", "null"]},
            "basis": {"type": "object", "description": "What speaks for it."},
            "work_order_id": {"type": ["integer", "null"]}, "work_order_status": {"type": ["string", "null"]}}},
    "AdviceList": {
        "type": "object", "required": ["items", "total", "page", "size"],
        "properties": {
            "items": {"type": "array", "items": {"$ref": "#/components/schemas/Advice"}},
            "total": {"type": "integer"}, "page": {"type": "integer"}, "size": {"type": "integer"},
            "currency": {"type": "string"}}},
    "RulScoreboard": {
        "type": "object", "required": ["alpha", "lambda", "last_lives", "items", "intervals"],
        "properties": {
            "alpha": {"type": "number"}, "lambda": {"type": "number"}, "last_lives": {"type": "integer"},
            "items": {"type": "array", "items": {"type": "object",
                "required": ["method", "model_version", "equipment_type", "lives", "censored_lives", "estimates"],
                "properties": {
                    "method": {"type": "string"}, "model_version": {"type": "string"},
                    "equipment_type": {"type": "string"}, "lives": {"type": "integer"},
                    "censored_lives": {"type": "integer"}, "estimates": {"type": "integer"},
                    "rmse": {"type": ["number", "null"], "description": "Hours."}, "mae": {"type": ["number", "null"]},
                    "bias": {"type": ["number", "null"], "description": "Positive: told too much."},
                    "alpha_lambda_accuracy": {"type": ["number", "null"]},
                    "prognostic_horizon_hours": {"type": ["number", "null"]},
                    "coverage": {"type": ["number", "null"], "description": "Of the 80 % intervals as told."},
                    "raw_coverage": {"type": ["number", "null"], "description": "As the method stated them."},
                    "nasa_score": {"type": ["number", "null"]},
                    "last_end_at": {"type": "string", "format": "date-time"}}}},
            "intervals": {"type": "array", "items": {"type": "object",
                "required": ["method", "equipment_type", "lives", "correction", "reason"],
                "properties": {
                    "method": {"type": "string"}, "equipment_type": {"type": "string"}, "lives": {"type": "integer"},
                    "coverage": {"type": ["number", "null"]}, "raw_coverage": {"type": ["number", "null"]},
                    "width_hours": {"type": ["number", "null"]}, "raw_width_hours": {"type": ["number", "null"]},
                    "correction": {"type": ["number", "null"]}, "factor": {"type": ["number", "null"]},
                    "corrected_at": {"type": "string", "format": "date-time"}, "learned_from": {"type": "integer"},
                    "reason": {"type": ["string", "null"]}}}}}}
} $json$);

SELECT api.seed_routes('advice', $json$ [
    {"method": "GET", "path": "/api/v1/rul/scoreboard", "function": "api.get_rul_scoreboard", "role": "viewer",
      "timeout_ms": 60000, "tags": ["rul"],
     "summary": "How good estimates of remaining life were", "answer": "RulScoreboard"},
    {"method": "GET", "path": "/api/v1/maintenance/advice", "function": "api.list_advice", "role": "viewer",
      "timeout_ms": 60000, "tags": ["maintenance"],
     "summary": "When machines should be seen to", "answer": "AdviceList", "errors": ["MW404"]},
    {"method": "POST", "path": "/api/v1/maintenance/advice/{id}/confirm", "function": "api.confirm_advice",
      "role": "engineer", "body_mode": "members", "tags": ["maintenance"],
     "summary": "Take up a work order that was proposed", "answer": "WorkOrder", "errors": ["MW404", "MW409"]}
] $json$);
