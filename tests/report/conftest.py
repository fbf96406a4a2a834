import pytest

from fewqubit.config import load_settings
from report.synthetic import write_study


@pytest.fixture(scope="session")
def settings():
    return load_settings()


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """A folder with the artefacts of a whole study."""
    folder = tmp_path_factory.mktemp("project")
    write_study(folder / "artifacts")
    return folder
