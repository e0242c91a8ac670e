"""How patient the worker is: every wait, limit and count in one value, so that a test can be impatient."""

from __future__ import annotations

from second_unit.timeline import Value


class WorkSettings(Value):
    """
    Args:
        poll_first_seconds: how soon after acceptance a job is asked for first, and how often while it is young.
        poll_most_seconds: how seldom at most.
        poll_growth: the wait between polls as a part of the job's age (0.1: after 100 s every 10 s).
        retry_first_seconds, retry_most_seconds: the first and the longest wait after a failure; it doubles between.
        jitter: each wait is longer or shorter by up to this part of it, so that many workers don't come at once.
        settle_seconds: after a lost answer, how long the service is watched before "it has no such order" is believed.
            An order that is still being taken in (it fetches the media first) isn't in its list yet.
        submit_seconds: how long an answer to an order may take. Services fetch the media before they answer.
        read_seconds: how long an answer to a question may take.
        stall_seconds: a download without a byte for so long is begun again where it stands.
        submit_patience_seconds: how long a service that accepts nothing is tried.
        read_patience_seconds: how long a task whose service doesn't answer is asked for. Services keep them a week.
        local_patience_seconds: how long a full disk or a read-only folder is waited for, once there is a paid result.
        order_attempts: how often an order is sent at most whose answer is lost each time and which surely isn't there.
        unknown_patience_seconds: how long a task may be unknown to the service right after it was accepted.
        verify_attempts: how often a result that doesn't verify is fetched in all.
        most_bytes: the largest download.
        spare_bytes: so much must be free in the takes folder before anything is ordered.
        scan_seconds: how often the store is looked at for new jobs and wishes.
        stop_seconds: how long a stop waits for the answers of orders just sent.
    """  # noqa: D205  the arguments are all there is to say

    poll_first_seconds: float = 3.0
    poll_most_seconds: float = 60.0
    poll_growth: float = 0.1
    retry_first_seconds: float = 1.0
    retry_most_seconds: float = 60.0
    jitter: float = 0.2
    settle_seconds: float = 90.0
    submit_seconds: float = 600.0
    read_seconds: float = 120.0
    stall_seconds: float = 60.0
    submit_patience_seconds: float = 24 * 3600.0
    read_patience_seconds: float = 7 * 24 * 3600.0
    local_patience_seconds: float = 24 * 3600.0
    unknown_patience_seconds: float = 60.0
    order_attempts: int = 3
    verify_attempts: int = 3
    most_bytes: int = 8 * 1024**3
    spare_bytes: int = 200 * 1024**2
    scan_seconds: float = 0.5
    stop_seconds: float = 30.0
