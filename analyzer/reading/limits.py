"""How much of a file is read, at most: documents come from strangers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The bounds on one document. What lies beyond them is told as unread, never passed over in silence."""

    #: A contract scanned in colour seldom passes 30 MB; the file is held in memory while it is read.
    file_bytes: int = 100_000_000
    #: The longest general conditions run to some 300 pages.
    pages: int = 1_000
    #: A file can claim millions of pages that are not there: no more than this are listed, even as unread.
    listed_pages: int = 5_000
    #: The densest small print seen holds 8,300 characters a page; a spreadsheet in 4 points some 30,000.
    page_characters: int = 100_000
    #: Drawn objects before the text of a page is looked at; a file that places letters one by one has one each.
    page_objects: int = 300_000
    #: The second reader is a hundred times slower: it is spared pages that are busier than this.
    second_reader_objects: int = 20_000
    #: The densest form seen has 2,500 drawn objects; boxes and tables are not looked for on pages busier than this.
    form_objects: int = 20_000
    #: Some 600 of the densest pages.
    characters: int = 5_000_000
    #: A dense page takes 10 ms; a photograph of a page, with both readers, under a second.
    page_seconds: float = 8.0
    #: For the whole file; 300 dense pages take some 3 s.
    seconds: float = 25.0
    #: Address space of the process that handles the file (where the system can bound it).
    memory_bytes: int = 1_200_000_000
    #: Pixels of a rendered page: an A4 page at 200 dots an inch has 3.9 million.
    render_pixels: int = 12_000_000
    #: A picture of a page is read in 4 to 20 s, by how dense it is and how fast the computer.
    ocr_page_seconds: float = 120.0
    #: For all pictures of a file together: some hundred pages on two cores.
    ocr_seconds: float = 900.0
    #: So many pictures at a time, no more than there are cores; each process holds 1.2 GB.
    ocr_processes: int = 4
    #: Address space of a process that reads pictures.
    ocr_memory_bytes: int = 4_000_000_000
    #: Pixels of an image file: the largest cameras of telephones take 200 million, mostly joined to 50 million.
    image_pixels: int = 100_000_000
    #: What is unpacked of a file that holds others (DOCX, ODT, ZIP, e-mails), all together.
    unpacked_bytes: int = 300_000_000
    #: Elements of a web page or an office document, and how deep they nest; 300 dense pages have some 300,000.
    elements: int = 1_000_000
    depth: int = 150
    #: Files read of an archive or an e-mail, and how deep archives nest in one another.
    parts: int = 100
    nesting: int = 2
    #: LibreOffice needs some 5 s to start with a new profile.
    office_seconds: float = 60.0


LIMITS = Limits()
