"""The reliability diagram: what the probabilities say against what was right."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.learning.calibration import Bin, calibration_error

_SIDE, _MARGIN = 360, 50


def to_svg(bins: Sequence[Bin]) -> str:
    """Return the diagram as SVG: a point for each bin, its area the bin's mass; on the diagonal, scores are true."""

    def x(value: float) -> float:
        return round(_MARGIN + value * _SIDE, 1)

    def y(value: float) -> float:
        return round(_MARGIN + (1 - value) * _SIDE, 1)

    whole = _SIDE + 2 * _MARGIN
    most = max((one.count for one in bins), default=1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole + 10}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{whole}" height="{whole + 10}" fill="#fff"/>',
        f'<text x="{whole / 2}" y="24" text-anchor="middle" font-size="14">'
        f"Calibration error {calibration_error(bins):.3f}, {sum(one.count for one in bins)} scores</text>",
    ]
    for tick in range(0, 11, 2):
        at = tick / 10
        parts += [
            f'<path d="M{x(at)} {y(0)}V{y(1)}M{x(0)} {y(at)}H{x(1)}" stroke="#ddd"/>',
            f'<text x="{x(at)}" y="{y(0) + 16}" text-anchor="middle">{at:.1f}</text>',
            f'<text x="{x(0) - 6}" y="{y(at) + 4}" text-anchor="end">{at:.1f}</text>',
        ]
    parts.append(f'<path d="M{x(0)} {y(0)}L{x(1)} {y(1)}" stroke="#888" stroke-dasharray="5 4"/>')
    line = "L".join(f"{x(one.score)} {y(one.right)}" for one in bins)
    if line:
        parts.append(f'<path d="M{line}" fill="none" stroke="#1f4e79" stroke-width="2"/>')
    parts += [
        f'<circle cx="{x(one.score)}" cy="{y(one.right)}" r="{3 + 4 * (one.count / most) ** 0.5:.1f}" fill="#1f4e79"/>'
        for one in bins
    ]
    parts += [
        f'<text x="{whole / 2}" y="{y(0) + 38}" text-anchor="middle">probability said</text>',
        f'<text x="14" y="{whole / 2}" text-anchor="middle" transform="rotate(-90 14 {whole / 2})">'
        "share that was right</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
