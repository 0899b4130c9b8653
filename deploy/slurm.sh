#!/bin/bash
# A training run on the nodes of a Slurm job.
#
#     sbatch deploy/slurm.sh go9 --set workers=60
#
# Words after the script go to `insei train`. Submit it from insei's folder, which all nodes share.
# The run's folder is runs/NAME there. The job is told 5 minutes before its end, and stops; submitted
# again, it goes on from its newest checkpoint.
#SBATCH --job-name=insei
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=16
#SBATCH --mem-per-cpu=1G
#SBATCH --time=24:00:00
#SBATCH --signal=B:TERM@300
#SBATCH --output=insei-%j.txt
set -euo pipefail
cd "${SLURM_SUBMIT_DIR:?wanted a job of Slurm: sbatch deploy/slurm.sh CONFIG}"
# shellcheck source=deploy/environment.sh
source deploy/environment.sh

if [[ $# -eq 0 ]]; then
    echo "deploy/slurm.sh: wanted a configuration, as in sbatch deploy/slurm.sh go9" >&2
    exit 2
fi

# A token of this job's own, in a folder that all nodes read.
private=$PWD/.slurm-$SLURM_JOB_ID
rm -rf "$private" # a job that is requeued keeps its number, and a kill may have left it
mkdir "$private"
steps=()
# shellcheck disable=SC2329 # the trap calls it
finish() {
    kill "${steps[@]}" 2>/dev/null || true
    wait || true
    rm -rf "$private"
}
trap finish EXIT
export RAY_AUTH_TOKEN_PATH=$private/token
python -c 'import secrets; print(secrets.token_hex(32), end="")' >"$RAY_AUTH_TOKEN_PATH"

mapfile -t nodes < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
port=$((20000 + SLURM_JOB_ID % 10000))
address=${nodes[0]}:$port
options=(--block --num-cpus="$SLURM_CPUS_PER_TASK" --temp-dir="/tmp/ray-$SLURM_JOB_ID")

srun --nodes=1 --ntasks=1 --nodelist="${nodes[0]}" \
    deploy/head.sh "$port" --include-dashboard=false "${options[@]}" &
steps+=($!)
until ray health-check --address "$address" >/dev/null 2>&1; do
    kill -0 "${steps[0]}" # the job ends if the head does
    sleep 1
done
for node in "${nodes[@]:1}"; do
    srun --nodes=1 --ntasks=1 --nodelist="$node" deploy/node.sh "$address" "${options[@]}" &
    steps+=($!)
done

# In the background, so that this shell hears Slurm's signal and passes it on.
insei train "$@" --address "$address" &
training=$!
steps+=("$training")
trap 'kill -TERM "$training"' TERM
status=0
wait "$training" || status=$?
if kill -0 "$training" 2>/dev/null; then # the signal came; the run is stopping
    wait "$training" || status=$?
fi
exit "$status"
