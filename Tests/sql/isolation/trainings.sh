# Trainings and several workers: two that ask at the same moment never get one job, whoever is killed in the middle leaves
# nothing behind, and a cancelled job is not finished.
# shellcheck shell=bash

sql "INSERT INTO plant.equipment (id, name) VALUES ('train-1', 'train-1');
SELECT ml.queue_training('autoencoder', '{\"equipment_id\": \"train-1\"}') FROM generate_series(1, 60)" >/dev/null

# each claims in a transaction of its own, as fast as it can, until there is none
for worker in one two three four; do open "$worker"; done
for worker in one two three four; do
    send "$worker" "DO \$\$ DECLARE v_id bigint; BEGIN
        LOOP
            SELECT c.id INTO v_id FROM ml.claim_training('$worker', '{autoencoder}') AS c;
            EXIT WHEN v_id IS NULL;
            COMMIT;
            PERFORM pg_sleep(0.005);
            PERFORM ml.finish_training(v_id, '$worker', format('train-1/default/%s', v_id), '{}', '{}');
            COMMIT;
        END LOOP;
    END \$\$;"
done
for worker in one two three four; do ended "$worker" 600; done
is "each job was taken once, and finished by who took it" \
    "$(sql "SELECT count(*), count(*) FILTER (WHERE state = 'succeeded' AND attempts = 1) FROM ml.training_job")" "60|60"
holds "more than one worker took part" [ "$(sql "SELECT count(DISTINCT worker) FROM ml.training_job")" -gt 1 ]

# a claim that is not committed hides the job from others, and they do not wait for it
sql "SELECT ml.queue_training('autoencoder', '{\"equipment_id\": \"train-1\"}') FROM generate_series(1, 2)" >/dev/null
step one "BEGIN; SELECT id FROM ml.claim_training('one', '{autoencoder}');"
is "another one gets the next, at once" "$(sql "SELECT id FROM ml.claim_training('other', '{autoencoder}')")" 62
is "a third gets none" "$(sql "SELECT count(*) FROM ml.claim_training('third', '{autoencoder}')")" 0
step one "ROLLBACK;"
is "what was not committed waits again" "$(sql "SELECT id || ' ' || attempt FROM ml.claim_training('third', '{autoencoder}')")" "61 1"

# a worker that dies while it writes its result down leaves nothing of it
step two "BEGIN; SELECT ml.finish_training(61, 'third', 'train-1/default/61', '{\"f1_score\": 1}', '{}');"
is "nobody sees what is not committed" "$(sql "SELECT state, metrics IS NULL FROM ml.training_job WHERE id = 61")" "running|t"
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%finish_training(61%' AND pid <> pg_backend_pid()" >/dev/null
sleep 0.3
is "and nothing of it is left" "$(sql "SELECT state, metrics IS NULL FROM ml.training_job WHERE id = 61")" "running|t"
sql "UPDATE ml.training_job SET lease_until = now() - interval '1 second' WHERE id = 61" >/dev/null
is "the next one takes it over" "$(sql "SELECT id || ' ' || attempt FROM ml.claim_training('fourth', '{autoencoder}')")" "61 2"

# cancelling while its worker finishes: one after the other, and the later one learns
step three "BEGIN; SELECT ml.cancel_training(61);"
send four "SELECT 'taken ' || ml.finish_training(61, 'fourth', 'train-1/default/61', '{}', '{}');"
holds "who finishes waits for who cancels" waits four
step three "COMMIT;"
ended four
holds "and is told that it was cancelled" grep -q 'taken false' "$WORK/four.out"
is "cancelled it is" "$(sql "SELECT state FROM ml.training_job WHERE id = 61")" "cancelled"

# a worker that takes over while the old one beats: one of them has it
sql "UPDATE ml.training_job SET lease_until = now() - interval '1 second' WHERE id = 62" >/dev/null
step three "BEGIN; SELECT ml.beat_training(62, 'other', 0.5, NULL);"
is "who beats in time keeps it" "$(sql "SELECT count(*) FROM ml.claim_training('fifth', '{autoencoder}')")" 0
step three "COMMIT;"
is "nobody else has it" "$(sql "SELECT worker, attempts FROM ml.training_job WHERE id = 62")" "other|1"
