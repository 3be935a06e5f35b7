"""The command line, run in this process."""

import io
import sys

import pytest

from analyzer.interface import cli


@pytest.fixture
def sceau(monkeypatch, capsysbinary):
    """Run the command line in this process; gives the exit code and both outputs."""

    def run(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "argv", ["sceau", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
        out, err = capsysbinary.readouterr()
        assert b"Traceback" not in out + err
        return code, out.decode(), err.decode()

    return run
