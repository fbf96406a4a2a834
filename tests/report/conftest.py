import pytest

from fewqubit.config import load_settings, validate
from report.synthetic import ARMS, BASELINES, write_study


@pytest.fixture(scope="session")
def settings():
    """Those of the project, with fewer resamples, for speed."""
    values = load_settings().model_dump()
    values["evaluation"]["resamples"] = 300
    values["run"] |= {"datasets": ["digits"], "arms": ["quantum", "twin"]}
    values["run"] |= {"baselines": [*BASELINES]}
    return validate(values, "test")


@pytest.fixture(scope="session")
def every_arm(settings):
    """The settings of a study with all arms."""
    values = settings.model_dump()
    values["run"]["arms"] = ["quantum", "twin", *ARMS]
    return validate(values, "test")


@pytest.fixture(scope="session")
def whole_project(tmp_path_factory):
    """The artefacts of a study with all arms; frozen, protonet is the same model as ever."""
    folder = tmp_path_factory.mktemp("whole")
    write_study(folder / "artifacts", every_arm=True)
    return folder


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """A folder with the artefacts of a whole study."""
    folder = tmp_path_factory.mktemp("project")
    write_study(folder / "artifacts")
    return folder
