"""A toy DVC project: small, quick stages in a folder of their own."""

from pathlib import Path

import pytest

DVC_YAML = """\
stages:
  prepare:
    cmd: python work.py prepare raw.txt
    deps: [raw.txt, work.py]
    outs: [prepare.out]
  train:
    matrix:
      learner: [a, b, c]
    cmd: python work.py train-${item.learner} prepare.out
    deps: [prepare.out]
    params: [seed]
    outs:
      - train-${item.learner}.out
  report:
    cmd: python work.py report train-a.out train-b.out train-c.out
    deps: [train-a.out, train-b.out, train-c.out]
    outs: [report.out]
"""

WORK = """\
import pathlib, sys, time
stage, *inputs = sys.argv[1:]
# what a test wants of a stage: sleep-STAGE holds seconds, fail-STAGE the number of failures to go
sleep, fail = pathlib.Path(f"sleep-{stage}"), pathlib.Path(f"fail-{stage}")
pathlib.Path(f"started-{stage}").write_text(str(time.time()))
print(f"{stage} toy   50%  step 1/2  loss 0.500  left 1 s", file=sys.stderr, flush=True)
if sleep.exists():
    time.sleep(float(sleep.read_text()))
if fail.exists() and int(fail.read_text()):
    fail.write_text(str(int(fail.read_text()) - 1))
    sys.exit(f"{stage} failed on purpose")
text = "".join(pathlib.Path(name).read_text() for name in inputs)
pathlib.Path(f"{stage}.out").write_text(text + stage + "\\n")
pathlib.Path(f"ended-{stage}").write_text(str(time.time()))
"""


def make_toy(folder: Path) -> Path:
    """Write the toy project into ``folder``."""
    (folder / ".dvc").mkdir(parents=True)
    (folder / ".dvc/config").write_text(
        "[core]\n    analytics = false\n    check_update = false\n    no_scm = true\n"
    )
    (folder / "dvc.yaml").write_text(DVC_YAML)
    (folder / "params.yaml").write_text("seed: 1\n")
    (folder / "work.py").write_text(WORK)
    (folder / "raw.txt").write_text("raw\n")
    return folder


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    return make_toy(tmp_path / "toy")
