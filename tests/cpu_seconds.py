"""What each test file costs, in seconds of the processor: ``pytest -p cpu_seconds``.

Processes that a test starts and waits for are included; what else runs on the machine is not.
"""

import resource
from collections import Counter
from collections.abc import Iterator

import pytest

MOST = 60  # files that are listed
KEY = "cpu_seconds"


def _spent() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """From before the setup of its fixtures to after their end."""
    before = _spent()
    item.user_properties.append((KEY, before))
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[pytest.TestReport]:
    """The seconds since the last report go with each, also from another process of xdist."""
    report: pytest.TestReport = yield
    now = _spent()
    before = dict(item.user_properties)[KEY]
    item.user_properties[:] = [(KEY, now)]
    report.user_properties = [(KEY, now - before)]
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Files, the most expensive first, and the whole."""
    by_file: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                by_file[report.nodeid.partition("::")[0]] += dict(report.user_properties)[KEY]
    terminalreporter.section(f"processor: {by_file.total():.0f} s")
    for name, seconds in by_file.most_common(MOST):
        terminalreporter.write_line(f"{seconds:7.1f} s  {name}")
