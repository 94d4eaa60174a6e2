# shellcheck shell=bash
# Clients that nobody here wrote, against a real thin: generated from the OpenAPI document, and those of the Open Inference Protocol (Tests/clients).

# clients_ready: whether they can be had; says what cannot
clients_ready() {
    if ! (python_tools clients "$ROOT/scripts/requirements-clients.txt"); then
        say "    these clients cannot be had: scripts/requirements-clients.txt"
        return 1
    fi
    python_tools clients "$ROOT/scripts/requirements-clients.txt"
}

# clients_bundles FOLDER: one bundle with an autoencoder and a fault model each
clients_bundles() {
    rm -rf "$1"
    mkdir -p "$1/press_1/11kW"
    cp -R "$ROOT/Tests/ServeMLTests/Fixtures/dual/press_1/11kW/v1" "$1/press_1/11kW/v1"
    give_to_service "$1"
}

# clients_run: TAP on standard output
clients_run() {
    rm -rf "$PRIVATE/data/clients"
    mkdir -p "$PRIVATE/data/clients"
    interruptible env PYTHONDONTWRITEBYTECODE=1 PATH="$VENV/bin:$PATH" THIN_URL="$THIN_URL" CLIENTS_PASSWORD=page-password \
        "$VENV/bin/python" "$ROOT/Tests/clients/check.py" --work "$PRIVATE/data/clients" \
        --expected "$ROOT/Tests/ServeMLTests/Fixtures/dual.expected.json"
}
