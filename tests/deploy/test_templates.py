"""What deploy/ holds: scripts and templates, checked by the schemas of the tools that read them."""

import re
import shutil
import subprocess

import pytest
import yaml

from tests.helpers.paths import ROOT

DEPLOY = ROOT / "deploy"
SCRIPTS = sorted(path.name for path in DEPLOY.glob("*.sh"))
CLUSTERS = ["ray-up.yaml", "ray-up-aws.yaml"]
HEALTH = re.compile(r"(RAY_health_check_\w+)=(\d+)")
# The fields of KubeRay 1.6's RayJob and RayCluster that a template may have.
# Source: KubeRay, reference of the API, ray.io/v1.
JOB_FIELDS = {
    "activeDeadlineSeconds", "backoffLimit", "entrypoint", "entrypointNumCpus", "rayClusterSpec",
    "runtimeEnvYAML", "shutdownAfterJobFinishes", "submissionMode", "submitterPodTemplate",
    "suspend", "ttlSecondsAfterFinished",
}  # fmt: skip
CLUSTER_FIELDS = {
    "authOptions", "autoscalerOptions", "enableInTreeAutoscaling", "gcsFaultToleranceOptions",
    "headGroupSpec", "rayVersion", "suspend", "workerGroupSpecs",
}  # fmt: skip
GROUP_FIELDS = {
    "groupName", "maxReplicas", "minReplicas", "rayStartParams", "replicas", "resources",
    "template",
}  # fmt: skip
# Source: sbatch(1).
SBATCH = {
    "--cpus-per-task": r"\d+", "--job-name": r"\w+", "--mem-per-cpu": r"\d+[KMGT]",
    "--nodes": r"\d+", "--ntasks-per-node": r"\d+", "--output": r"[\w%.-]+",
    "--signal": r"B:TERM@\d+", "--time": r"(\d+-)?\d+:\d\d:\d\d",
}  # fmt: skip


def environment_of(folder, **more):
    """A user's environment, whose home is a folder."""
    return {"HOME": str(folder), "PATH": f"{folder}:/usr/bin:/bin", **more}


def run(script, *words, **environment):
    return subprocess.run(
        [DEPLOY / script, *words], env=environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_bash(script):
    subprocess.run(["bash", "-n", DEPLOY / script], check=True)


@pytest.mark.parametrize("script", SCRIPTS)
def test_shellcheck_finds_nothing(script):
    program = shutil.which("shellcheck")
    if program is None:
        pytest.skip("shellcheck is not installed")
    words = [program, "--external-sources", f"deploy/{script}"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == ""


@pytest.mark.parametrize("script", ["head.sh", "node.sh", "slurm.sh"])
def test_each_script_wants_a_token(script):
    text = (DEPLOY / script).read_text()
    assert "environment.sh" in text
    assert "export RAY_AUTH_MODE=token" in (DEPLOY / "environment.sh").read_text()
    assert text.startswith("#!/")


@pytest.mark.parametrize("words", [[], ["10.0.0.1"], ["--block"], ["10.0.0.1:x"]])
def test_a_node_without_a_head_is_one_line(tmp_path, words):
    done = run("node.sh", *words, **environment_of(tmp_path, RAY_AUTH_TOKEN="x"))
    assert done.returncode == 2
    assert done.stderr.startswith("deploy/node.sh: wanted HEAD:PORT")


def test_a_node_without_a_token_is_one_line(tmp_path):
    done = run("node.sh", "10.0.0.1:6379", **environment_of(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "deploy/node.sh: no token: copy ~/.ray/auth_token from the head\n"


def test_a_head_whose_token_is_missing_is_one_line(tmp_path):
    done = run("head.sh", **environment_of(tmp_path, RAY_AUTH_TOKEN_PATH=str(tmp_path / "no")))
    assert done.returncode == 2
    assert done.stderr == f"deploy/head.sh: RAY_AUTH_TOKEN_PATH: no token in {tmp_path}/no\n"


def test_a_training_by_slurm_outside_of_slurm_is_one_line(tmp_path):
    done = run("slurm.sh", "go9", **environment_of(tmp_path))
    assert done.returncode != 0
    assert done.stderr.endswith("wanted a job of Slurm: sbatch deploy/slurm.sh CONFIG\n")


@pytest.mark.parametrize("is_requeued", [False, True])
def test_a_job_of_slurm_that_is_requeued_begins_anew(tmp_path, is_requeued):
    """The job has its number again, and what a kill left under it."""
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    said = {"ray": "", "srun": "exec sleep 60", "scontrol": "echo n1", "insei": "echo $*",
            "python": "echo -n token"}  # fmt: skip
    for name, text in said.items():
        (programs / name).write_text(f"#!/bin/bash\n{text}\n")
        (programs / name).chmod(0o755)
    if is_requeued:
        (tmp_path / ".slurm-7").mkdir()
        (tmp_path / ".slurm-7" / "token").write_text("old")
    slurm = {"SLURM_SUBMIT_DIR": str(tmp_path), "SLURM_JOB_ID": "7", "SLURM_JOB_NODELIST": "n1",
             "SLURM_CPUS_PER_TASK": "1"}  # fmt: skip
    done = subprocess.run(
        [tmp_path / "deploy" / "slurm.sh", "go9"],
        env=environment_of(tmp_path, **slurm),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("train go9 --address n1:")
    assert not (tmp_path / ".slurm-7").exists()


def test_slurm_knows_each_directive():
    lines = (DEPLOY / "slurm.sh").read_text().splitlines()
    directives = [line for line in lines if line.startswith("#SBATCH")]
    last = max(number for number, line in enumerate(lines) if line.startswith("#SBATCH"))
    assert all(line.startswith("#") for line in lines[: last + 1])  # Slurm stops at a command
    assert len(directives) == len(SBATCH)
    for directive in directives:
        option, equals, value = directive.removeprefix("#SBATCH ").partition("=")
        assert equals
        assert re.fullmatch(SBATCH[option], value), directive


@pytest.mark.parametrize("name", CLUSTERS)
def test_ray_up_takes_the_template(name):
    from ray.autoscaler._private.util import prepare_config, validate_config

    config = prepare_config(yaml.safe_load((DEPLOY / name).read_text()))
    validate_config(config)
    assert config["provider"]["type"] in ("local", "aws")


@pytest.mark.parametrize("name", CLUSTERS)
def test_a_cluster_that_ray_starts_has_the_token_on_each_node(name):
    config = yaml.safe_load((DEPLOY / name).read_text())
    assert config["file_mounts"]["~/.ray/auth_token"] == "~/.ray/auth_token"
    for key, script in (("head", "head.sh"), ("worker", "node.sh")):
        commands = config[f"{key}_start_ray_commands"]
        assert [command for command in commands if "ray start" in command] == []
        assert f"deploy/{script}" in commands[-1]


def kuberay():
    return list(yaml.safe_load_all((DEPLOY / "kuberay.yaml").read_text()))


def groups_of(job):
    cluster = job["spec"]["rayClusterSpec"]
    return [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]


def test_kuberay_knows_each_field_and_makes_a_token():
    _, job = kuberay()
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    assert job["spec"].keys() <= JOB_FIELDS
    cluster = job["spec"]["rayClusterSpec"]
    assert cluster.keys() <= CLUSTER_FIELDS
    assert cluster["authOptions"] == {"mode": "token"}
    for group in groups_of(job):
        assert group.keys() <= GROUP_FIELDS
        assert all(isinstance(value, str) for value in group["rayStartParams"].values())


def test_kubernetes_takes_the_volume_and_the_pods():
    validate = pytest.importorskip("kubernetes_validate").validate
    volume, job = kuberay()
    validate(volume, "1.31", strict=True)
    for group in groups_of(job):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}}
        validate(pod | {"spec": group["template"]["spec"]}, "1.31", strict=True)


def test_versions_and_numbers_have_one_value():
    _, job = kuberay()
    metadata = (ROOT / "pyproject.toml").read_text()
    version = re.search(r'^version = "(.+)"', metadata, re.MULTILINE)[1]
    images = [group["template"]["spec"]["containers"][0]["image"] for group in groups_of(job)]
    assert {image.rpartition(":")[2] for image in images} == {version}
    oldest_ray = re.search(r'"ray>=([\d.]+)"', metadata)[1]
    assert str(job["spec"]["rayClusterSpec"]["rayVersion"]).startswith(oldest_ray)
    torch = {
        version
        for path in [*DEPLOY.iterdir(), ROOT / "README.md", ROOT / "Makefile"]
        for version in re.findall(r"torch==([\d.]+)", path.read_text())
    }
    assert len(torch) == 1
    [head, *_] = groups_of(job)
    variables = head["template"]["spec"]["containers"][0]["env"]
    given = {one["name"]: one["value"] for one in variables if "health_check" in one["name"]}
    assert given == dict(HEALTH.findall((DEPLOY / "environment.sh").read_text()))


def test_ray_knows_the_settings_of_its_health_checks():
    from ray._raylet import Config

    for name in dict(HEALTH.findall((DEPLOY / "environment.sh").read_text())):
        assert hasattr(Config, name.removeprefix("RAY_")), name
