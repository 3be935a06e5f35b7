"""Archives and e-mails: each document in them is checked as one of its own, and what cannot be read is told."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from analyzer.interface import cli
from analyzer.interface.session import Session

CLAUSE = b"L'assure autorise son medecin traitant a communiquer son dossier medical complet a l'assureur."


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("contrat.txt", CLAUSE)
        file.writestr("page.html", b"<html><body><p>" + CLAUSE + b"</p></body></html>")
        file.writestr("programme.exe", b"MZ\0\1\2\3\4\5")
    return buffer.getvalue()


def test_check_reports_each_document_of_an_archive(tmp_path, monkeypatch, capsysbinary):
    path = tmp_path / "envoi.zip"
    path.write_bytes(archive())
    monkeypatch.setattr("sys.argv", ["sceau", "check", str(path), "--format", "json", "--no-encoder"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    out, err = capsysbinary.readouterr()
    assert end.value.code == cli.UNREADABLE
    assert [report["document"]["name"] for report in json.loads(out)] == [
        "envoi.zip › contrat.txt",
        "envoi.zip › page.html",
    ]
    assert "envoi.zip › programme.exe" in err.decode()


def test_a_visit_holds_each_document_of_an_upload_and_tells_of_the_others():
    session = Session()
    session.receive([("envoi.zip", archive()), ("vide.pdf", b""), ("lettre.txt", CLAUSE)])
    assert [held.name for held in session.documents] == [
        *("envoi.zip › contrat.txt", "envoi.zip › page.html", "lettre.txt"),
    ]
    assert [(error.name, error.code) for error in session.errors] == [
        ("envoi.zip › programme.exe", "unsupported_format"),
        ("vide.pdf", "file_empty"),
    ]
