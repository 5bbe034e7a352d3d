from __future__ import annotations

import pytest
from pydantic import ValidationError

from fluxlit_sidecar import SidecarOptions
from fluxlit_sidecar.supervision.backoff import RestartPolicy


def test_the_first_restart_is_at_once_and_the_next_ones_wait_longer_and_longer() -> None:
    policy = RestartPolicy(SidecarOptions(backoff_initial=1, backoff_max=4, failure_burst=6))
    delays = [policy.failed() for _ in range(5)]
    assert delays[0] == 0
    for delay, middle in zip(delays[1:], (1, 2, 4, 4), strict=True):
        assert middle * 0.75 <= delay <= middle * 1.25
    assert not policy.gave_up_hurrying


def test_after_a_burst_it_tries_slowly_and_a_success_forgets_it() -> None:
    policy = RestartPolicy(SidecarOptions(failure_burst=2, failed_retry_interval=100))
    policy.failed()
    assert 75 <= policy.failed() <= 125
    assert policy.gave_up_hurrying
    policy.worked()
    assert policy.failed() == 0


def test_failures_spread_over_time_are_no_burst() -> None:
    policy = RestartPolicy(SidecarOptions(failure_burst=2, failure_window=1e-9))
    assert [policy.failed() for _ in range(5)] == [0.0] * 5


def test_delays_differ_between_sidecars_that_failed_together() -> None:
    options = SidecarOptions(failure_burst=3)
    policies = [RestartPolicy(options) for _ in range(10)]
    for policy in policies:
        policy.failed()
    assert len({policy.failed() for policy in policies}) > 1


def test_auto_is_one_sidecar_for_each_core_and_zero_is_refused() -> None:
    assert SidecarOptions(sidecars="auto").count >= 1
    assert SidecarOptions(sidecars=3).count == 3
    with pytest.raises(ValidationError):
        SidecarOptions(sidecars=0)
    with pytest.raises(ValidationError, match="extra"):
        SidecarOptions.model_validate({"sidecar": 2})
