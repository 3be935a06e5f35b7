"""A Document becomes passages: reading order, furniture, paragraphs and lists, headings, sentences, print size."""

from __future__ import annotations

from analyzer.segmentation.passages import passage_from_text, segment
from analyzer.segmentation.sentences import split_sentences

__all__ = ["passage_from_text", "segment", "split_sentences"]
