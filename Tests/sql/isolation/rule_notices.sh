# What a rule's selection does not find is said to whoever writes it in psql.
# shellcheck shell=bash
said() { psql -XAtq -d "$DATABASE_URL" -c "$1" 2>&1 | tr '\n' ';'; }
rule() { echo "INSERT INTO alarm.rule (name, condition, high, $2) VALUES ('notice $1', 'above', 80, $3)"; }
sql "INSERT INTO plant.equipment (id, name, type) VALUES ('notice-1', 'n', 'pump'); INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('notice-1', 'temp', 'temperature')" >/dev/null
is "a rule that finds what it names is silent" "$(said "$(rule 1 select_equipment "'{notice-1}'")")" ""
is "one that does not is not" "$(said "$(rule 2 select_equipment "'{nope}'")")" \
    "NOTICE:  rule \"notice 2\": unmatched: the rule selects nothing now;NOTICE:  rule \"notice 2\": unmatched: select_equipment: there is no equipment \"nope\";"
is "nor after an update" "$(said "UPDATE alarm.rule SET select_equipment = NULL, select_equipment_type = '{pmup}' WHERE name = 'notice 1'")" \
    "NOTICE:  rule \"notice 1\": unmatched: the rule selects nothing now;NOTICE:  rule \"notice 1\": unmatched: select_equipment_type: there is no equipment type \"pmup\";"
is "one name of several" "$(said "UPDATE alarm.rule SET select_equipment_type = '{pmup,pump}' WHERE name = 'notice 1'")" \
    "NOTICE:  rule \"notice 1\": unmatched: select_equipment_type: there is no equipment type \"pmup\";"
is "a rule that is switched off says nothing" "$(said "UPDATE alarm.rule SET enabled = false WHERE name = 'notice 2'")" ""
is "of very many, twenty that find nothing" "$(said "INSERT INTO alarm.rule (name, condition, high, select_equipment) SELECT 'notice many ' || i, 'above', 80, ARRAY['nope ' || i] FROM generate_series(1, 50) AS i" | tr ';' '\n' | grep -c 'selects nothing')" "20"
