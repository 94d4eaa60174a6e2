# shellcheck shell=bash
# Every library, in the order in which they build on each other.
LIBRARIES=$(dirname "${BASH_SOURCE[0]}")
. "$LIBRARIES/common.sh"
. "$LIBRARIES/packages.sh"
. "$LIBRARIES/python.sh"
. "$LIBRARIES/postgres.sh"
. "$LIBRARIES/broker.sh"
. "$LIBRARIES/build.sh"
. "$LIBRARIES/private.sh"
. "$LIBRARIES/stack.sh"
. "$LIBRARIES/schemathesis.sh"
. "$LIBRARIES/prometheus.sh"
. "$LIBRARIES/web.sh"
. "$LIBRARIES/clients.sh"
. "$LIBRARIES/alarms.sh"
. "$LIBRARIES/grafana.sh"
