# What every node of a cluster has in common; head.sh and node.sh read this file.
# shellcheck shell=bash

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export PATH="$folder/.venv/bin:$PATH"

# Only who has the token may use the cluster: ~/.ray/auth_token, RAY_AUTH_TOKEN_PATH or RAY_AUTH_TOKEN.
export RAY_AUTH_MODE=token
export RAY_USAGE_STATS_ENABLED=0
# A node that is gone is noticed within about 5 seconds; Ray's own settings take 15 and more.
export RAY_health_check_initial_delay_ms=2000
export RAY_health_check_period_ms=1000
export RAY_health_check_timeout_ms=2000
export RAY_health_check_failure_threshold=3
# What Ray writes, the token too, is for this user alone.
umask 077

has_token() {
    [[ -n "${RAY_AUTH_TOKEN:-}" || -s "${RAY_AUTH_TOKEN_PATH:-$HOME/.ray/auth_token}" ]]
}
