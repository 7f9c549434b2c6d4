"""Each process knows its own submissions, also one that was forked from another."""

import os

from app.sending.recording import name_run


def test_a_forked_process_has_a_name_of_its_own() -> None:
    ours = name_run()
    reader, writer = os.pipe()
    if not (child := os.fork()):
        os.write(writer, name_run().encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        assert answer.read() not in {"", ours}
    assert name_run() == ours
