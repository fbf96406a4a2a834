"""A toy DVC project: small, quick stages in a folder of their own."""

import shutil
from pathlib import Path

PARAMS = Path(__file__).parents[1] / "params.yaml"

DVC_YAML = """\
stages:
  prepare:
    cmd: python work.py prepare raw.txt
    deps: [raw.txt, work.py]
    outs: [prepare.out]
  train:
    matrix:
      learner: [a, b]
    cmd: python work.py train-${item.learner} prepare.out
    deps: [prepare.out]
    params: [seed]
    outs:
      - train-${item.learner}.out
  report:
    cmd:
      - python work.py report train-a.out train-b.out
      - mkdir -p reports && cp report.out reports/verdicts.md
    deps: [train-a.out, train-b.out]
    outs: [report.out, reports/verdicts.md]
"""

WORK = """\
import pathlib, sys, time
stage, *inputs = sys.argv[1:]
# what a test wants of a stage: wait-STAGE names a file to wait for, fail-STAGE how often to fail
home = pathlib.Path("work.py").resolve().parent  # a run with other settings works in a view of it
wait, fail = home / f"wait-{stage}", home / f"fail-{stage}"
(home / f"started-{stage}").touch()
print(f"{stage} toy   50%  step 1/2  loss 0.500  left 1 s", file=sys.stderr, flush=True)
while wait.exists() and not (home / wait.read_text()).exists():
    time.sleep(0.1)
if fail.exists() and int(fail.read_text()):
    fail.write_text(str(int(fail.read_text()) - 1))
    sys.exit(f"{stage} failed on purpose")
text = "".join(pathlib.Path(name).read_text() for name in inputs)
pathlib.Path(f"{stage}.out").write_text(text + stage + "\\n")
"""


def make_toy(folder: Path) -> Path:
    """Write the toy project into ``folder``."""
    (folder / ".dvc").mkdir(parents=True)
    (folder / ".dvc/config").write_text(
        "[core]\n    analytics = false\n    check_update = false\n    no_scm = true\n"
    )
    (folder / "dvc.yaml").write_text(DVC_YAML)
    shutil.copy(PARAMS, folder / "params.yaml")
    (folder / "work.py").write_text(WORK)
    (folder / "raw.txt").write_text("raw\n")
    return folder
