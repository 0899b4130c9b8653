#!/usr/bin/env bash
# Join a Ray cluster with this machine.
#
#     deploy/node.sh HEAD:PORT [options of `ray start`]
#
# The cluster's token must be in ~/.ray/auth_token, or where RAY_AUTH_TOKEN_PATH says.
set -euo pipefail
# shellcheck source=deploy/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

if [[ ! "${1:-}" =~ ^[^-].*:[0-9]+$ ]]; then
    echo "deploy/node.sh: wanted HEAD:PORT, as in deploy/node.sh 10.0.0.1:6379" >&2
    exit 2
fi
head=$1
shift
if ! has_token; then
    echo "deploy/node.sh: no token: copy ~/.ray/auth_token from the head" >&2
    exit 2
fi
exec ray start --address="$head" "$@"
