"""Tests that kill shops start a hundred and more: what each would compile and read is there before they are forked."""

from tests.faults.processes import FORKS, PRELOADED

FORKS.set_forkserver_preload([*PRELOADED, "tests.faults.warm"])
