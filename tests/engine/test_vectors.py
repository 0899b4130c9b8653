"""Code for newer processors against the portable code, as C."""

import shutil
import subprocess
import sysconfig

import pytest

from tests.helpers.paths import ROOT


@pytest.mark.slow
def test_code_for_avx2_gives_the_bits_of_the_portable_code(tmp_path):
    compiler = shutil.which((sysconfig.get_config_var("CC") or "cc").split()[0])
    if compiler is None:
        pytest.skip("no C compiler")
    program = tmp_path / "vectors"
    flags = ["-O3", "-fno-math-errno", "-fno-trapping-math", "-I", str(ROOT)]
    source = str(ROOT / "tests/helpers/vectors.c")
    subprocess.run([compiler, *flags, source, "-o", str(program)], check=True)
    ran = subprocess.run([program], capture_output=True, text=True, check=False)
    if ran.returncode == 2:
        pytest.skip(ran.stdout.strip())
    assert (ran.returncode, ran.stdout) == (0, "")
