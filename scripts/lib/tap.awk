# Counts the results of TAP files: prints "passed failed skipped". A plan that was not kept is a failure.
function close_file() {
    if (started && plan >= 0 && seen != plan) failed += plan > seen ? plan - seen : seen - plan
    if (started && plan < 0 && seen == 0 && !skip_all) failed++
}
FNR == 1 { close_file(); started = 1; plan = -1; seen = 0; skip_all = 0 }
/^1\.\.0( |$)/ { skip_all = 1; skipped++; plan = 0; next }
/^1\.\.[0-9]+/ { split($1, range, /\.\./); plan = range[2] + 0; next }
/^not ok - the / { failed++; broken = 1; next }
/^not ok/ { seen++; if (toupper($0) ~ /# *TODO/) skipped++; else failed++; next }
/^ok/ { seen++; if (toupper($0) ~ /# *SKIP/) skipped++; else passed++ }
END { if (!started) failed++; close_file(); print passed + 0, failed + 0, skipped + 0 }
