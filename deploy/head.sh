#!/usr/bin/env bash
# Start the head of a Ray cluster on this machine, with a token.
#
#     deploy/head.sh [PORT] [options of `ray start`]
#
# Makes the token on first use. Copy ~/.ray/auth_token to each other node, then run there
# `deploy/node.sh HEAD:PORT`.
set -euo pipefail
# shellcheck source=deploy/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

port=6379
if [[ "${1:-}" =~ ^[0-9]+$ ]]; then
    port=$1
    shift
fi
if ! has_token; then
    if [[ -n "${RAY_AUTH_TOKEN_PATH:-}" ]]; then
        echo "deploy/head.sh: RAY_AUTH_TOKEN_PATH: no token in $RAY_AUTH_TOKEN_PATH" >&2
        exit 2
    fi
    ray get-auth-token --generate >/dev/null
fi
exec ray start --head --port="$port" "$@"
