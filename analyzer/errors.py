"""One exception class per situation of the user.

An error carries a stable ``code`` (part of what scripts may rely on) and the facts that its sentence
needs. The sentences themselves, with the remedy, stand in ``knowledge/messages/<lang>.yaml`` under
``error.<code>``. Nothing of a document's content ever goes into an error.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class SceauError(Exception):
    """A situation that a person can understand and act on."""

    code = "internal"

    def __init__(self, name: str = "", **facts: object) -> None:
        """Remember the file's ``name`` and the ``facts`` that the sentence mentions."""
        super().__init__(self.code)
        self.name = name
        self.facts = facts


class FileMissing(SceauError):
    """There is no such file, or it may not be opened."""

    code = "file_missing"


class FileChanged(SceauError):
    """The file is not the one that was read a moment ago."""

    code = "file_changed"


class FileEmpty(SceauError):
    """The file has no bytes, or no pages."""

    code = "file_empty"


class FileTooLarge(SceauError):
    """The file is larger than Sceau accepts. Facts: ``size_mb``, ``limit_mb``."""

    code = "file_too_large"


class UnsupportedFormat(SceauError):
    """The file is of a kind that Sceau does not read."""

    code = "unsupported_format"


class OfficeMissing(SceauError):
    """The file is of an older kind, which only LibreOffice reads, and that is not installed."""

    code = "office_missing"


class OfficeFailed(SceauError):
    """LibreOffice made nothing of the file: it is broken, or LibreOffice was installed without its part for texts."""

    code = "office_failed"


class SeveralDocuments(SceauError):
    """The file holds several documents where one is wanted."""

    code = "several_documents"


class NoDocuments(SceauError):
    """The archive holds no file that Sceau reads."""

    code = "no_documents"


class FileLocked(SceauError):
    """The file needs a password."""

    code = "file_locked"


class FileDamaged(SceauError):
    """The file is broken: no reader could open it."""

    code = "file_damaged"


class NoTextLayer(SceauError):
    """No page has text: a scan, or a file that only looks like a document."""

    code = "no_text_layer"


class LowResolution(SceauError):
    """The letters of a photo or scan are too small to be recognised."""

    code = "low_resolution"


class GarbledText(SceauError):
    """There is text, but its letters have no meaning: the fonts do not say which character a glyph stands for."""

    code = "garbled_text"


class LimitReached(SceauError):
    """Nothing could be read within the bounds on time, pages or characters."""

    code = "limit_reached"


class BadInput(SceauError):
    """A line of input is not what the command takes. Facts: ``line``, ``problem``."""

    code = "bad_input"


class BadKnowledge(SceauError):
    """A knowledge file breaks a rule about rules. Facts: ``problem``."""

    code = "bad_knowledge"


class CannotWrite(SceauError):
    """A result could not be written: no space, no right, no such folder."""

    code = "disk_full"


class NotAnnotatable(SceauError):
    """Notes cannot be written into the file: it is no PDF, or one that pdfium cannot write."""

    code = "not_annotatable"


class ModelMissing(SceauError):
    """There is no model in that folder."""

    code = "model_missing"


class ModelDamaged(SceauError):
    """The model's files are not what they were when it was made, or cannot be read."""

    code = "model_damaged"


class ModelUnfit(SceauError):
    """The model knows labels that Sceau does not. Facts: ``labels``."""

    code = "model_unfit"


class ModelNeedsTorch(SceauError):
    """The model has no ONNX file, and torch, which could run it as it is, is not installed."""

    code = "model_needs_torch"


class TrainingMissing(SceauError):
    """What is needed to train an encoder is not installed."""

    code = "training_missing"


class BadLabel(SceauError):
    """A labelled passage carries a label that Sceau does not know for its kind. Facts: ``label``."""

    code = "bad_label"


class NoModelFolder(SceauError):
    """The folder that a new model should replace holds something else."""

    code = "no_model_folder"


class NoSuchRows(SceauError):
    """Among the labelled passages, none is of a split that training needs. Facts: ``split``."""

    code = "no_such_rows"


class UnknownLetter(SceauError):
    """There is no letter of that name."""

    code = "unknown_letter"


class UnknownFinding(SceauError):
    """The report has no finding of that id."""

    code = "unknown_finding"


class LetterUnfit(SceauError):
    """No letter, or not that one, suits all the findings chosen; or none was chosen."""

    code = "letter_unfit"


class NotDecisions(SceauError):
    """The file that should hold a reviewer's decisions is something else."""

    code = "not_decisions"


class DecisionsInUse(SceauError):
    """Another program holds the file of decisions open."""

    code = "decisions_in_use"


class DecisionsNewer(SceauError):
    """The file of decisions was made by a later version of Sceau. Facts: ``version``."""

    code = "decisions_newer"


class StoreMissing(SceauError):
    """There is no store of a corpus at that place."""

    code = "store_missing"


class NotStore(SceauError):
    """The file that should hold a corpus is something else, or is damaged."""

    code = "not_store"


class StoreInUse(SceauError):
    """Another program holds the store of a corpus open, for longer than one can wait."""

    code = "store_in_use"


class StoreNewer(SceauError):
    """The store was made by a later version of Sceau. Facts: ``version``."""

    code = "store_newer"


class FindingGone(SceauError):
    """Another scan put other findings in the place of the one that was to be decided."""

    code = "finding_gone"


class NothingToSample(SceauError):
    """There is no finding to draw a random sample from."""

    code = "nothing_to_sample"


class UnknownSample(SceauError):
    """The store has no random sample of that number. Facts: ``sample``."""

    code = "unknown_sample"


class TableColumns(SceauError):
    """A table of documents has no column that names the file, or none that tells of it."""

    code = "table_columns"


class TableNoFile(SceauError):
    """A line of a table of documents names no file. Facts: ``line``."""

    code = "table_no_file"


class TableTwice(SceauError):
    """Two lines of a table of documents tell different things of one file. Facts: ``line``, ``first``."""

    code = "table_twice"


class TableYear(SceauError):
    """A line of a table of documents has a year that is none. Facts: ``line``."""

    code = "table_year"


class TableCountry(SceauError):
    """A line of a table of documents names a country that Sceau does not know. Facts: ``line``, ``countries``."""

    code = "table_country"


class BadPattern(SceauError):
    """What should say how folders and files are named cannot be understood. Facts: ``pattern``."""

    code = "bad_pattern"


class ScanRunning(SceauError):
    """Another scan is filling the same store."""

    code = "scan_running"


class ReaderDied(SceauError):
    """The process that read the file died of it, twice."""

    code = "reader_died"


class RemoteMissing(SceauError):
    """What reads files that are elsewhere is not installed, or not for this kind of place."""

    code = "remote_missing"


class RemoteFailed(SceauError):
    """A place elsewhere cannot be reached, or gives nothing."""

    code = "remote_failed"


class ClusterMissing(SceauError):
    """What talks to a cluster is not installed."""

    code = "cluster_missing"


class ClusterLost(SceauError):
    """The scheduler of the cluster cannot be reached, or has no worker."""

    code = "cluster_lost"


class ClusterUnfit(SceauError):
    """A worker of the cluster has not the same Sceau, knowledge and model as this computer, or none."""

    code = "cluster_unfit"


#: What the system says when nothing more fits: the disk, the share of it that is ours, the largest file.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def told_of(name: str) -> Iterator[None]:
    """Turn every fault, foreseen or not, into a ``SceauError`` that names the file."""
    try:
        yield
    except SceauError as error:
        error.name = error.name or name
        raise
    except MemoryError as fault:
        raise LimitReached(name) from fault
    except OSError as fault:
        raise (CannotWrite if fault.errno in _FULL else SceauError)(name) from fault
    except Exception as fault:
        # Its message may quote the document: it goes no further.
        raise SceauError(name) from fault
