"""Pictures of pages as a scanner or a telephone takes them, made from PDF pages: grey, as arrays of bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence

import cv2
import numpy as np
import pypdfium2
from PIL import Image

#: How a telephone sees the sheet: its corners on a photo of 3000 by 4000 pixels, give or take so many.
_PHOTO = (3000, 4000)
_CORNERS = [[330, 300], [2720, 260], [2850, 3720], [180, 3660]]
_JITTER = 70


def page(data: bytes, number: int = 1, dpi: float = 200) -> np.ndarray:
    """Return a page of a PDF as it would be printed, ``dpi`` pixels an inch."""
    with pypdfium2.PdfDocument(data) as document:
        return np.asarray(document[number - 1].render(scale=dpi / 72).to_pil().convert("L"))


def pages(data: bytes) -> int:
    with pypdfium2.PdfDocument(data) as document:
        return len(document)


def skewed(picture: np.ndarray, degrees: float) -> np.ndarray:
    """Return a page that lay askew in the scanner."""
    high, wide = picture.shape
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1)
    return cv2.warpAffine(picture, matrix, (wide, high), flags=cv2.INTER_CUBIC, borderValue=255)


def scanned(picture: np.ndarray, seed: int = 0, noise: float = 9) -> np.ndarray:
    """Return a page as an ordinary scanner sees it: a little soft, grey and grainy."""
    grain = np.random.default_rng(seed).normal(0, noise, picture.shape)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 0.7) * 0.86 + 25 + grain, 0, 255).astype(np.uint8)


def photographed(picture: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return a page on a table, photographed by hand from above: in perspective, under a lamp at one side, grainy."""
    random = np.random.default_rng(seed)
    (wide, high), (across, down) = _PHOTO, picture.shape[::-1]
    sheet = np.array([[0, 0], [across, 0], [across, down], [0, down]], np.float32)
    corners = np.array(_CORNERS, np.float32) + random.uniform(-_JITTER, _JITTER, (4, 2)).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(sheet, corners)
    seen = cv2.warpPerspective(picture, matrix, _PHOTO, flags=cv2.INTER_AREA)
    where = cv2.warpPerspective(np.full_like(picture, 255), matrix, _PHOTO)
    table = cv2.resize(random.normal(118, 9, (high // 40, wide // 8)), _PHOTO, interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[0:high, 0:wide]
    light = 0.95 - 0.45 * np.hypot((x - 0.23 * wide) / wide, (y - 0.15 * high) / high)
    shown = cv2.GaussianBlur(np.where(where > 127, seen, table) * light, (0, 0), 1.1)
    return np.clip(shown + random.normal(0, 6, shown.shape), 0, 255).astype(np.uint8)


def image(picture: np.ndarray, kind: str = "JPEG") -> bytes:
    """Return an image file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind, **({"quality": 82} if kind in ("JPEG", "WEBP") else {}))
    return file.getvalue()


def several(pictures: Sequence[np.ndarray], kind: str = "PDF") -> bytes:
    """Return a file with a page for each picture: ``PDF`` (200 pixels an inch, as a scanner writes it) or ``TIFF``."""
    first, *others = [Image.fromarray(picture) for picture in pictures]
    file = io.BytesIO()
    first.save(
        file, kind, save_all=True, append_images=others, resolution=200, **({"quality": 82} if kind == "PDF" else {})
    )
    return file.getvalue()
