"""Waiting on conditions: tests never sleep and hope."""
import time


def wait_for(condition, what, deadline=20.0, pace=0.02, explain=None):
    """Calls `condition` until what it returns is true, and returns that."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("not within %g s: %s%s"
                                 % (deadline, what, "\n" + explain() if explain else ""))
        time.sleep(pace)
