"""Files other than PDF: what they say is read as Word or a browser shows it, within bounds, and never in silence."""

# ruff: noqa: E501 (markup is easier to read whole)
from __future__ import annotations

import io
import shutil
import struct
import time
import zipfile
import zlib
from dataclasses import replace
from email.message import EmailMessage

import pytest
from docx import Document as Word
from docx.oxml.ns import nsdecls

from analyzer import analyze, errors, reading
from analyzer.knowledge import messages
from analyzer.reading import flow, office, read, read_all
from analyzer.reading.limits import LIMITS
from analyzer.segmentation import segment
from tests.pdfs import drawn, text_page
from tests.reading import formats
from tests.reading.formats import WRITERS, odt

CLAUSE = "L'assuré autorise son médecin traitant à communiquer son dossier médical complet à l'assureur."
OFFICE = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def texts(data: bytes, **limits: object) -> list[str]:
    """Return the printed lines of a file, in order."""
    document = read(data, "fichier", replace(LIMITS, **limits))
    return [line.text for page in document.pages for line in page.lines]


def word(*paragraphs: str, **parts: str) -> bytes:
    """Return a DOCX file whose body is the XML given, with other parts by their name in ``word/``."""
    spaces = nsdecls("w", "w14", "wp", "a", "r")
    relations = "".join(
        f'<Relationship Id="r{name}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{name}"'
        f' Target="{name}.xml"/>'
        for name in parts
    )
    packed = "http://schemas.openxmlformats.org/package/2006"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{packed}/content-types"/>',
            "word/document.xml": f"<w:document {spaces}><w:body>{''.join(paragraphs)}</w:body></w:document>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{packed}/relationships">{relations}</Relationships>',
            **{
                f"word/{name}.xml": text.replace("<w:", "<w:", 1).replace(">", f" {spaces}>", 1)
                for name, text in parts.items()
            },
        }
    )


def zipped(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return buffer.getvalue()


def p(text: str, properties: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


# --- One text in all formats ------------------------------------------------------------------------------------------


def found(data: bytes, name: str) -> list[tuple[object, ...]]:
    """Return what is said of a file, in order, without what depends on its pages."""

    def plain(text: str) -> str:
        return " ".join(text.replace("’", "'").split()).removeprefix("• ")

    report = analyze(data, name=name, use_encoder=False)
    assert not report.unread
    return [
        (one.label, one.decision, one.severity, plain(one.passage.text), plain(one.passage.context), one.passage.number)
        for one in report.findings
    ]


@pytest.fixture(scope="module")
def as_pdf() -> dict[str, list[tuple[object, ...]]]:
    return {
        name: found(formats.to_pdf(getattr(formats, name)()), f"{name}.pdf") for name in ("contract", "questionnaire")
    }


@pytest.mark.parametrize("ending", [ending for ending in WRITERS if ending != "pdf"])
@pytest.mark.parametrize("name", ["contract", "questionnaire"])
def test_findings_do_not_depend_on_the_format(name, ending, as_pdf):
    data = WRITERS[ending](getattr(formats, name)())
    assert len(as_pdf[name]) > 10
    assert found(data, f"{name}.{ending}") == as_pdf[name]


@OFFICE
@pytest.mark.long
@pytest.mark.parametrize("name", ["contract", "questionnaire"])
def test_findings_do_not_depend_on_an_older_format(name, as_pdf):
    assert found(formats.to_rtf(getattr(formats, name)()), f"{name}.rtf") == as_pdf[name]


# --- Word ---------------------------------------------------------------------------------------------------------------


def test_word_shows_changes_as_accepted():
    body = (
        "<w:p><w:r><w:t>Le contrat </w:t></w:r><w:del><w:r><w:delText>ne lève pas</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>lève</w:t></w:r></w:ins><w:r><w:t> le secret.</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>Une phrase </w:t></w:r></w:p>" + p("en une seule.")
    )
    assert texts(word(body)) == ["Le contrat lève le secret.", "Une phrase en une seule."]


def test_word_counts_the_numbers_of_lists():
    level = '<w:lvl w:ilvl="{0}"><w:start w:val="1"/><w:numFmt w:val="{1}"/><w:lvlText w:val="{2}"/></w:lvl>'
    numbering = (
        '<w:numbering><w:abstractNum w:abstractNumId="0">'
        + level.format(0, "decimal", "Article %1 –")
        + level.format(1, "lowerLetter", "%2)")
        + level.format(2, "upperRoman", "%1.%3")
        + '</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )

    def item(level: int, text: str) -> str:
        return p(text, f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr></w:pPr>')

    body = item(0, "Objet"), item(1, "vie"), item(1, "santé"), item(0, "Secret"), item(1, "pli"), item(2, "fermé")
    assert texts(word(*body, numbering=numbering)) == [
        *("Article 1 – Objet", "a) vie", "b) santé", "Article 2 – Secret", "a) pli", "2.I fermé"),
    ]


def test_word_notes_headers_and_text_boxes_are_read():
    note = '<w:footnotes><w:footnote w:id="2"><w:p><w:r><w:t>Note au pied.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    boxed = "<w:txbxContent><w:p><w:r><w:t>Encadré.</w:t></w:r></w:p></w:txbxContent>"
    alternate = f"<mc:AlternateContent xmlns:mc='m'><mc:Choice>{boxed}</mc:Choice><mc:Fallback>{boxed}</mc:Fallback></mc:AlternateContent>"
    body = (
        f'<w:p><w:r><w:t>Texte.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r>{alternate}</w:r></w:p>',
        p("Fin."),
    )
    footer = "<w:ftr><w:p><w:r><w:t>Pied de page.</w:t></w:r></w:p></w:ftr>"
    assert texts(word(*body, footnotes=note, footer=footer)) == [
        "Texte.",
        "Encadré.",
        "Fin.",
        "Note au pied.",
        "Pied de page.",
    ]


def test_word_boxes_and_fields_of_both_kinds():
    control = (
        "<w:p><w:r><w:t>1. Fumez-vous ? </w:t></w:r><w:sdt><w:sdtPr><w14:checkbox/></w:sdtPr><w:sdtContent>"
        "<w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t> Oui</w:t></w:r></w:p>"
    )
    legacy = (
        '<w:p><w:r><w:t>2. Êtes-vous suivi ? </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox>'
        '<w:default w:val="0"/></w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t> Oui</w:t></w:r></w:p>'
    )
    symbol = '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r><w:r><w:t> Non</w:t></w:r></w:p>'
    typed = (
        "<w:p><w:r><w:t>Nom : </w:t></w:r><w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent><w:r><w:t>Durand</w:t></w:r>"
        "</w:sdtContent></w:sdt></w:p>"
    )
    document = read(word(control, legacy, symbol, typed), "f.docx")
    lines = [line for page in document.pages for line in page.lines]
    assert [line.text for line in lines] == [
        "1. Fumez-vous ? ☒ Oui",
        "2. Êtes-vous suivi ? ☐ Oui",
        "☐ Non",
        "Nom : Durand",
    ]
    assert lines[3].words[-1].family != lines[3].words[0].family


def test_word_hidden_text_is_not_read():
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Caché.</w:t></w:r><w:r><w:t>Visible.</w:t></w:r></w:p>"
    assert texts(word(hidden)) == ["Visible."]


def test_word_tables_keep_their_cells_and_frames_their_clauses():
    document = Word()
    table = document.add_table(2, 3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"cellule {number}"
    frame = document.add_table(1, 1)
    frame.cell(0, 0).text = CLAUSE
    buffer = io.BytesIO()
    document.save(buffer)
    (page,) = read(buffer.getvalue(), "f.docx").pages
    assert len(page.cells) == 6
    assert [passage.text for passage in segment(read(buffer.getvalue(), "f.docx"))][-1] == CLAUSE


def test_small_print_is_seen():
    small = p(CLAUSE, "").replace("<w:r>", '<w:r><w:rPr><w:sz w:val="13"/></w:rPr>')
    document = read(
        word(*[p("Une phrase ordinaire du contrat, assez longue pour en donner le corps.")] * 4, small), "f.docx"
    )
    assert [passage.small_print for passage in segment(document)] == [False] * 4 + [True]


# --- OpenDocument -------------------------------------------------------------------------------------------------------


def test_opendocument_lists_notes_changes_boxes_and_text_boxes():
    styles = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/></text:list-style>'
    )
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Supprimé.</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        '<text:list text:style-name="L"><text:list-item><text:p>Un</text:p><text:list><text:list-item><text:p>Un a</text:p>'
        "</text:list-item></text:list></text:list-item><text:list-item><text:p>Deux</text:p></text:list-item></text:list>"
        "<text:p>Texte<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Note.</text:p>"
        "</text:note-body></text:note><text:s/>suite.<draw:frame><draw:text-box><text:p>Encadré.</text:p></draw:text-box>"
        "</draw:frame></text:p>"
    )
    assert texts(odt(body, styles)) == ["1. Un", "a) Un a", "2. Deux", "Texte suite.", "Encadré.", "Note."]


# --- Web pages, e-mails, texts --------------------------------------------------------------------------------------------


def test_web_pages_are_read_as_they_are_seen():
    page = (
        "<html><head><title>T</title><script>var a = '<p>non</p>'</script><style>p {}</style><body><h1>Titre</h1>"
        "<p>Un<b>&nbsp;mot</b> &eacute;crit<br>ligne deux<p>Sans fin<ol start=3><li>trois<li>quatre</ol>"
        '<div style="display:none">caché</div><div hidden>caché</div><img src="http://exemple.test/a.png">'
        "<table><tr><td>a<td>b<tr><td>c<td>d</table><label><input type=checkbox checked> Oui</label><input type=hidden value=x>"
    )
    assert texts(page.encode()) == [
        *("Titre", "Un mot écrit", "ligne deux", "Sans fin", "3. trois", "4. quatre", "a", "b", "c", "d", "☒ Oui"),
    ]


def test_what_only_some_programs_write_in_a_web_page_is_passed_over():
    page = "<body><p>Un<![if !supportLists]>a<![endif]><p>Deux<![OCTYPE html]><p>Trois<![CDATA[x]]><p>Quatre"
    assert texts(page.encode()) == ["Una", "Deux", "Trois", "Quatre"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "mac-roman", "cp850"]
)
def test_texts_in_the_encodings_of_french(encoding):
    text = "Le médecin-conseil reçoit les données de santé.\nOù l'assuré a-t-il été opéré ? À l'hôpital, côté jardin.\n"
    assert texts(text.encode(encoding)) == text.splitlines()


def message(text: str = CLAUSE) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Votre contrat"
    mail.set_content(text)
    return mail


def test_an_email_comes_with_its_attachments_but_not_its_logo():
    mail = message()
    mail.add_attachment(
        formats.to_docx([formats.Block("p", CLAUSE)]), maintype="application", subtype="octet-stream", filename="c.docx"
    )
    page = EmailMessage()
    page.set_content('<p>Bonjour<img src="cid:logo@x">', subtype="html")
    mail.attach(page)
    picture = {"maintype": "image", "subtype": "png", "disposition": "inline"}
    mail.add_attachment(b"\x89PNG\r\n\x1a\n", filename="logo.png", cid="<logo@x>", **picture)
    forwarded = message("Suite.")
    mail.add_attachment(forwarded)
    parts = read_all(mail.as_bytes(), "m.eml")
    assert [part.name for part in parts] == ["m.eml", "m.eml › c.docx", "m.eml › Votre contrat.eml"]
    assert texts(parts[0].data) == ["Votre contrat", CLAUSE, "Bonjour"]
    assert texts(parts[1].data) == [CLAUSE]


@pytest.mark.parametrize(
    ("more", "size"),
    [
        ({"disposition": "inline"}, 10),
        ({"cid": "<photo@x>"}, 10),
        ({"disposition": "inline", "cid": "<page@x>"}, 100_000),
    ],
    ids=["telephone", "identified", "cited but as large as a page"],
)
def test_photos_in_an_email_are_told_as_parts(more, size):
    mail = message()
    mail.set_content('<p>Bonjour<img src="cid:page@x">', subtype="html")
    photo = b"\x89PNG\r\n\x1a\n" + bytes(size)
    mail.add_attachment(photo, maintype="image", subtype="png", filename="photo.png", **more)
    assert [(part.name, part.data) for part in read_all(mail.as_bytes(), "m.eml")][1:] == [("m.eml › photo.png", photo)]


def test_every_text_of_an_email_is_read_but_only_one_of_those_that_say_the_same():
    mail = message()
    mail.add_alternative(f"<p>{CLAUSE}</p>", subtype="html")
    mail.make_mixed()
    for text, kind in (("La suite du message.", "plain"), ("<p>Une page web.</p>", "html"), ("p {}", "css")):
        part = EmailMessage()
        part.set_content(text, subtype=kind)
        mail.attach(part)
    assert texts(mail.as_bytes()) == ["Votre contrat", CLAUSE, "La suite du message.", "Une page web."]
    assert [part.name for part in read_all(mail.as_bytes(), "m.eml")] == ["m.eml"]


def test_an_empty_web_page_does_not_stand_for_the_text_beside_it():
    mail = EmailMessage()
    mail["Subject"] = "Votre contrat"
    mail.set_content(CLAUSE)
    mail.add_alternative("<html><head><title>Votre contrat</title></head><body></body></html>", subtype="html")
    assert texts(mail.as_bytes()) == ["Votre contrat", CLAUSE]


def test_what_hinders_the_attachments_of_a_message_is_told():
    mail = message()
    for name in ("a.txt", "b.txt"):
        mail.add_attachment(CLAUSE.encode() * 9, maintype="application", subtype="octet-stream", filename=name)
    alone = [("m.eml", None), ("m.eml › …", "limit_reached")]
    for limits in ({"unpacked_bytes": 100}, {"nesting": 0}):
        parts = read_all(mail.as_bytes(), "m.eml", replace(LIMITS, **limits))
        assert [(part.name, part.error and part.error.code) for part in parts] == alone
    # A message without attachments lacks nothing, however deep it lies.
    assert len(read_all(message().as_bytes(), "m.eml", replace(LIMITS, nesting=0))) == 1


def compound_file(files: dict[str, bytes | dict[str, bytes]]) -> bytes:
    """Return a compound file of streams, and of folders of streams. Streams are padded beyond the size of small ones."""
    entries: list[tuple[str, int, int, int, bytes]] = [("Root Entry", 5, -1, 1, b"")]  # name, kind, right, child, bytes

    def add(level: dict[str, bytes | dict[str, bytes]]) -> None:
        first = len(entries)
        names = list(level)
        for number, name in enumerate(names):
            content = level[name]
            right = first + number + 1 if number + 1 < len(names) else -1
            entries.append(
                (name, 2, right, -1, content.ljust(4_096, b"\0"))
                if isinstance(content, bytes)
                else (name, 1, right, -1, b"")
            )
        for number, name in enumerate(names):
            content = level[name]
            if isinstance(content, dict):
                entries[first + number] = (*entries[first + number][:3], len(entries), b"")
                add(dict(content))

    add(files)
    sectors: list[bytes] = []
    chain: list[int] = []
    directory = b""
    for name, kind, right, child, content in entries:
        start, count = len(sectors), -(-len(content) // 512)
        sectors += (content[at * 512 : at * 512 + 512].ljust(512, b"\0") for at in range(count))
        chain += [*range(start + 1, start + count), -2] if count else []
        wide = name.encode("utf-16-le")
        directory += struct.pack(
            "<64sHBBiii16sIQQiIi",
            wide,
            len(wide) + 2,
            kind,
            1,
            -1,
            right,
            child,
            b"",
            0,
            0,
            0,
            start if count else -2,
            len(content),
            0,
        )
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    first = len(sectors)
    sectors += (directory[at : at + 512] for at in range(0, len(directory), 512))
    chain += [*range(first + 1, len(sectors)), -2]
    tables = -(-(len(chain) + 4) // 128)
    placed = list(range(len(sectors), len(sectors) + tables))
    chain += [-3] * tables
    table = struct.pack(f"<{len(chain)}i", *chain).ljust(tables * 512, b"\xff")
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6xIIiIIiIiI", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, first, 0, 4_096, -2, 0, -2, 0)
    )
    return head + struct.pack("<109i", *placed, *[-1] * (109 - tables)) + b"".join(sectors) + table


def test_an_outlook_message_comes_with_its_attachments():
    data = compound_file(
        {
            "__properties_version1.0": bytes(64),
            "__substg1.0_0037001F": "Votre contrat".encode("utf-16-le"),
            "__substg1.0_1000001F": CLAUSE.encode("utf-16-le"),
            "__attach_version1.0_#00000000": {
                "__substg1.0_3707001F": "lettre.txt".encode("utf-16-le"),
                "__substg1.0_37010102": CLAUSE.encode().ljust(4_096),
            },
            "__attach_version1.0_#00000001": {
                "__substg1.0_3001001F": "Courriel".encode("utf-16-le"),
                "__substg1.0_3701000D": b"x",
            },
            "__attach_version1.0_#00000002": {
                "__substg1.0_3707001F": "photo.png".encode("utf-16-le"),
                "__substg1.0_3712001F": "photo@x".encode("utf-16-le"),
                "__substg1.0_37010102": b"\x89PNG\r\n\x1a\n",
            },
        }
    )
    parts = read_all(data, "m.msg")
    assert [(part.name, part.error and part.error.code) for part in parts] == [
        ("m.msg", None),
        ("m.msg › lettre.txt", None),
        ("m.msg › Courriel", "unsupported_format"),
        ("m.msg › photo.png", None),
    ]
    assert [texts(part.data) for part in parts[:2]] == [["Votre contrat", CLAUSE], [CLAUSE]]


def test_an_encrypted_email_is_locked():
    mail = message()
    mail.replace_header("Content-Type", "multipart/encrypted")
    with pytest.raises(errors.FileLocked):
        read(mail.as_bytes(), "m.eml")


# --- Archives ---------------------------------------------------------------------------------------------------------------


def test_an_archive_gives_each_document_and_tells_of_the_others():
    inner = zipped({"lettre.txt": CLAUSE})
    data = zipped(
        {"a/contrat.pdf": drawn(text_page(CLAUSE)), "__MACOSX/x": "x", "notes.zip": inner, "b.bin": b"\0\1\2\3"}
    )
    parts = read_all(data, "z.zip")
    assert [(part.name, part.error and part.error.code) for part in parts] == [
        ("z.zip › contrat.pdf", None),
        ("z.zip › notes.zip › lettre.txt", None),
        ("z.zip › b.bin", "unsupported_format"),
    ]
    with pytest.raises(errors.SeveralDocuments):
        read(data, "z.zip")
    assert read(zipped({"lettre.txt": CLAUSE}), "z.zip").name == "z.zip › lettre.txt"


def test_archives_in_one_another_share_one_bound(monkeypatch):
    seconds = []
    monkeypatch.setattr(
        reading, "parts_of", lambda *given: [seconds.append(given[-1].seconds), *flow.parts_of(*given)][1:]
    )
    inner = {f"{n}.zip": zipped({"a.txt": CLAUSE * 100}) for n in range(3)}
    enough = sum(map(len, inner.values())) + 250 * len(CLAUSE.encode())
    parts = read_all(zipped(inner), "z.zip", replace(LIMITS, unpacked_bytes=enough))
    assert [part.error and part.error.code for part in parts] == [None, None, "limit_reached"]
    assert len({*seconds}) == 4 and seconds == sorted(seconds, reverse=True)


def test_archives_too_deep_too_many_or_locked_are_told():
    deep = zipped({"fin.txt": CLAUSE})
    for _ in range(4):
        deep = zipped({"n.zip": deep})
    assert [part.error.code for part in read_all(deep, "z.zip") if part.error] == ["limit_reached"]
    many = read_all(zipped({f"{n}.txt": CLAUSE for n in range(5)}), "z.zip", replace(LIMITS, parts=3))
    assert [part.error and part.error.code for part in many] == [None, None, None, "limit_reached"]
    locked = bytearray(zipped({"a.txt": CLAUSE}))
    for at in (locked.find(b"PK\x01\x02") + 8, 6):
        locked[at] |= 1
    assert [part.error and part.error.code for part in read_all(bytes(locked), "z.zip")] == ["file_locked"]
    with pytest.raises(errors.NoDocuments):
        read_all(zipped({}), "z.zip")


# --- What cannot be read ------------------------------------------------------------------------------------------------------


def compound(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(512)


ENCRYPTED = '<m:manifest xmlns:m="m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (compound("EncryptedPackage"), "file_locked"),
        (odt("<text:p>x</text:p>", META_INF=ENCRYPTED), "file_locked"),
        (word(p("x"))[:-200], "file_damaged"),
        (word("<w:p><w:r>"), "file_damaged"),
        (word(), "file_empty"),
        (word('<w:altChunk r:id="r1"/>'), "unsupported_format"),
        (word(header="<w:hdr><w:p>"), "file_damaged"),
        (b"<html><body></body></html>", "file_empty"),
        (b"   \n \n", "unsupported_format"),
        (compound("__properties_version1.0"), "file_damaged"),
        (zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}), "unsupported_format"),
        (b"\x7fELF" + bytes(200), "unsupported_format"),
    ],
    ids=["encrypted-docx", "encrypted-odt", "cut", "not-xml", "empty-docx", "only-inserted", "broken-header", "empty-html", "spaces", "msg", "xlsx", "elf"],
)  # fmt: skip
def test_what_cannot_be_read_has_a_sentence(data, code):
    with pytest.raises(errors.SceauError) as raised:
        read(data, "fichier")
    assert raised.value.code == code
    for lang in ("fr", "en"):
        assert messages(lang)[f"error.{code}"].format(name="fichier", **raised.value.facts)


def test_pictures_without_text_are_not_an_empty_document():
    picture = zlib.compress(bytes(range(256)) * 2_000)
    scanned = zipped(
        {"[Content_Types].xml": "", "word/document.xml": f"<w:document {nsdecls('w')}><w:body/></w:document>"}
    )
    with zipfile.ZipFile(buffer := io.BytesIO(scanned), "a") as file:
        file.writestr("word/media/page.png", struct.pack("<I", 0) + picture + bytes(200_000), zipfile.ZIP_STORED)
    with pytest.raises(errors.NoTextLayer):
        read(buffer.getvalue(), "scan.docx")


def unread(data: bytes) -> list[str]:
    """Return why something of a file is said to be unread."""
    return [part.code for part in analyze(data, name="fichier", use_encoder=False).unread]


def test_large_pictures_beside_text_are_said_to_be_unread():
    with zipfile.ZipFile(buffer := io.BytesIO(word(*[p(CLAUSE)] * 9)), "a") as file:
        file.writestr("word/media/page.png", bytes(200_000), zipfile.ZIP_STORED)
    assert unread(buffer.getvalue()) == ["pictures"]
    page = "<html><body>" + f"<p>{CLAUSE}</p>" * 9 + '<img src="data:image/png;base64,{}">'
    assert unread(page.format("A" * 200_000).encode()) == ["pictures"]
    assert unread(page.format("A" * 2_000).encode()) == []


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        ('src="https://exemple.test/clauses.png"', ["remote_pictures"]),
        ('src="page_fichiers/clauses.png" width="600" height="800"', ["remote_pictures"]),
        ('srcset="clauses.png 2x"', ["remote_pictures"]),
        ('src="https://exemple.test/suivi.gif" width="1" height="1"', []),
        ('src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="https://exemple.test/1.png"', ["remote_pictures"]),
        ('src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" srcset="1.png 2x"', ["remote_pictures"]),
        ('data-src="https://exemple.test/1.png"', ["remote_pictures"]),
        ('src="tranche.png" width="600" height="60"', ["remote_pictures"]),  # of a page that was cut up
        ('src="filet.png" width="600" height="2"', []),
        ('src="logo.png" width="180" height="60"', []),
        ('src="icone.svg" width="24px"', []),
        ('src="cid:logo@x"', []),
        ('src=""', []),
    ],
)
def test_pictures_that_a_web_page_only_points_to_are_said_to_be_unread(picture, told):
    assert unread(f"<html><body><p>{CLAUSE}</p>{f'<img {picture}>' * 2}</body></html>".encode()) == told
    assert unread(f"<html><body><p>{CLAUSE}</p><p hidden><img {picture}></p></body></html>".encode()) == []


@pytest.mark.parametrize(
    "element",
    [
        '<iframe src="clauses.html"></iframe>',
        '<iframe srcdoc="Une clause."></iframe>',
        '<object data="cg.pdf" type="application/pdf" width="800" height="900">Le contrat</object>',
        '<embed src="cg.pdf" type="application/pdf">',
        '<frameset><frame src="clauses.html"></frameset>',
    ],
)
def test_files_that_a_web_page_shows_within_it_are_said_to_be_unread(element):
    def shown(element):
        return unread(f"<html><body><p>{CLAUSE}</p>{element}</body></html>".encode())

    assert shown(element) == ["inserted_file"]
    assert shown(f"<div style='display:none'>{element}</div>") == []
    assert shown(element.replace("clauses.html", "about:blank").replace("cg.pdf", "").replace("Une clause.", "")) == []
    counting = element.replace(' width="800" height="900"', "")
    for name in ("iframe", "object", "embed", "frame "):
        counting = counting.replace(f"<{name.strip()} ", f'<{name.strip()} width="1" height="1" ')
    assert shown(counting) == []


def test_words_in_a_drawing_of_a_web_page_are_read_and_its_pictures_told():
    def drawing(inside):
        svg = f"<svg width='600' height='300'><title>Dessin</title>{inside}</svg>"
        return f"<html><body><p>Votre contrat.</p>{svg}</body></html>".encode()

    assert texts(drawing(f"<text x='0' y='20'>{CLAUSE}</text>")) == ["Votre contrat.", CLAUSE]
    page = drawing("<image href='https://exemple.test/p.png' width='600' height='800'/>")
    assert unread(page + f"<p>{CLAUSE}</p>".encode()) == ["remote_pictures"]


def test_pictures_that_came_with_a_web_archive_are_not_far_away():
    archive = message()
    archive.set_content(f'<p>{CLAUSE}</p><img src="https://exemple.test/logo.png">', subtype="html")
    assert unread(archive.as_bytes()) == ["remote_pictures"]
    archive.add_related(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", disposition="inline")
    archive.get_payload()[1]["Content-Location"] = "https://exemple.test/logo.png"
    assert unread(archive.as_bytes()) == []


def test_an_outlook_message_whose_text_is_compressed_rtf_is_said_to_be_unread():
    subject = {"__properties_version1.0": bytes(64), "__substg1.0_0037001F": "Votre contrat".encode("utf-16-le")}
    rtf = {"__substg1.0_10090102": b"LZFu"}
    assert "rtf_body" in unread(compound_file(subject | rtf))
    assert unread(compound_file(subject | rtf | {"__substg1.0_1000001F": CLAUSE.encode("utf-16-le")})) == []
    blank = {"__substg1.0_10130102": b"<html><body></body></html>".ljust(4096)}
    assert "rtf_body" in unread(compound_file(subject | rtf | blank))
    assert unread(compound_file(subject | rtf | blank | {"__substg1.0_1000001F": CLAUSE.encode("utf-16-le")})) == []
    with pytest.raises(errors.UnsupportedFormat):
        read(compound_file({"__properties_version1.0": bytes(64)} | rtf), "m.msg")


def test_lost_parts_of_a_document_are_said_to_be_unread():
    note = '<w:footnotes><w:footnote w:id="2"><w:p><w:r><w:t>Note au pied.</w:t></w:r></w:p></w:footnote>'
    call = '<w:p><w:r><w:t>Texte.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    cut = word(p(CLAUSE), call, footnotes=note)
    assert (texts(cut), unread(cut)) == ([CLAUSE, "Texte.", "Note au pied."], ["unreadable"])
    for kind, outer in (("header", "hdr"), ("footer", "ftr")):
        assert unread(word(p(CLAUSE), **{kind: f"<w:{outer}><w:p>"})) == ["unreadable"]
    assert unread(word(p(CLAUSE), styles="<w:styles><w:style>")) == []
    assert unread(word(p(CLAUSE), '<w:altChunk r:id="r1"/>')) == ["inserted_file"]
    many = word(p(CLAUSE), *[call] * 1_001, footnotes=note + "</w:footnotes>")
    assert unread(many) == ["limit_reached"]
    with zipfile.ZipFile(buffer := io.BytesIO(odt(f"<text:p>{CLAUSE}</text:p>")), "a") as file:
        file.writestr("styles.xml", "<styles><master-page>")
    assert unread(buffer.getvalue()) == ["unreadable"]


def test_without_libreoffice_a_sentence_says_so(monkeypatch):
    monkeypatch.setattr(office, "_program", lambda: None)
    for data in (formats.to_rtf([formats.Block("p", CLAUSE)]), compound("WordDocument")):
        with pytest.raises(errors.OfficeMissing):
            read(data, "ancien.doc")


@OFFICE
@pytest.mark.long
def test_libreoffice_leaves_nothing_behind_and_is_stopped_in_time(tmp_path, monkeypatch):
    monkeypatch.setattr(office.tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "sceau-office-999999999-x"
    left.mkdir()
    data = formats.to_rtf([formats.Block("p", CLAUSE)])
    assert texts(data) == [CLAUSE]
    with pytest.raises(errors.LimitReached):
        texts(data, office_seconds=0.01)
    with pytest.raises(errors.OfficeFailed):
        read(compound("WordDocument"), "abime.doc")
    assert list(tmp_path.iterdir()) == []


# --- Languages ------------------------------------------------------------------------------------------------------------------

FOREIGN = {
    "en": "The insured person authorises his doctor to disclose all medical records to the insurer, and waives medical secrecy.",
    "nl": "De verzekerde machtigt zijn arts om het volledige medische dossier aan de verzekeraar te geven en ontslaat hem van het geheim.",
    "de": "Die versicherte Person entbindet den Arzt von der Schweigepflicht und erlaubt ihm, alle Unterlagen an die Versicherung zu geben.",
    "it": "L'assicurato autorizza il suo medico a comunicare alla compagnia tutta la documentazione medica e lo libera dal segreto.",
}  # fmt: skip


@pytest.mark.parametrize("ending", [ending for ending in WRITERS if ending != "pdf"])
def test_what_is_in_another_language_is_said_to_be_unread(ending):
    """The whole document, for one language; parts of a French one, for all."""
    whole = [formats.Block("p", FOREIGN["en"])] * 3
    parts = [formats.Block("p", CLAUSE), *(formats.Block("p", text) for text in FOREIGN.values())]
    for blocks, count in ((whole, 1), (parts, len(FOREIGN))):
        report = analyze(WRITERS[ending](blocks), name=f"f.{ending}", use_encoder=False)
        assert [part.code for part in report.unread] == ["language"] * count
        assert report.summary.sentence != messages("fr")["summary.none"]


# --- Bombs ----------------------------------------------------------------------------------------------------------------------


def lies(data: bytes, size: int) -> bytes:
    """Return an archive of one file that declares another size than it has."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        changed[changed.find(mark) + at : changed.find(mark) + at + 4] = struct.pack("<I", size)
    return bytes(changed)


def laughs(name: str) -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE d [<!ENTITY l0 "ha">{entities}<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&{name};</d>'


def bomb(kind: str) -> bytes:
    if kind == "zip":
        return zipped({"a.txt": bytes(30_000_000)})
    if kind == "zip that lies":
        return lies(zipped({"a.txt": bytes(30_000_000)}), 100)
    if kind == "docx":
        return zipped({"[Content_Types].xml": "", "word/document.xml": b"<a>" + b" " * 30_000_000})
    if kind in ("laughs", "outside"):
        text = laughs("l9" if kind == "laughs" else "x")
        return zipped({"[Content_Types].xml": "", "word/document.xml": text})
    if kind == "deep docx":
        return word("<w:p>" * 100_000)
    if kind == "deep html":
        return b"<html><body>" + b"<div>" * 200_000 + b"x"
    if kind == "comment":
        return b"<html><body>" + b"<!--" * 2_000_000
    return formats.odt(
        "<table:table>" + "<table:table-row><table:table-cell/></table:table-row>" * 60_000 + "</table:table>"
    )


@pytest.mark.parametrize(
    "kind", ["zip", "zip that lies", "docx", "laughs", "outside", "deep docx", "deep html", "comment", "table"]
)
def test_bombs_end_soon_in_one_of_our_errors(kind):
    data = bomb(kind)
    begun = time.monotonic()
    with pytest.raises(errors.SceauError) as raised:
        read(data, "bombe", replace(LIMITS, seconds=2.0, unpacked_bytes=20_000_000, elements=100_000))
    assert raised.value.code in ("limit_reached", "file_damaged")
    assert time.monotonic() - begun < 4


def test_what_was_read_before_a_bound_is_kept_and_the_report_says_where_it_stopped():
    data = word(*[p(CLAUSE)] * 400)
    report = read(data, "long.docx", replace(LIMITS, elements=900))
    assert report.pages[0].lines[0].text == CLAUSE
    assert report.pages[-1].reason == "limit_reached" and report.pages[-1].number > 1
    cut = word(*[p(CLAUSE)] * 100, "<w:p>")
    assert [page.reason for page in read(cut, "coupe.docx").pages][-1] == "unreadable"
