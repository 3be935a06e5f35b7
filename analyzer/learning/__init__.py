"""Corpora: how well Sceau finds what people labelled."""
