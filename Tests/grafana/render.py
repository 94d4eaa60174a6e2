"""What each query answers as a picture: to look at, not to compare. Time series as lines, the rest as text."""

from __future__ import annotations

import collections
import pathlib
import re
import textwrap

import matplotlib

matplotlib.use("Agg")
import matplotlib.dates  # noqa: E402
import matplotlib.font_manager  # noqa: E402
import matplotlib.pyplot as plot  # noqa: E402

# and one for Korean, where there is one
_installed = {f.name for f in matplotlib.font_manager.fontManager.ttflist}
plot.rcParams["font.family"] = ["DejaVu Sans"] + [
    f for f in ("Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "NanumGothicCoding") if f in _installed
]
SHOWN = {"red", "orange", "yellow", "green", "blue", "purple"}
MOST_ROWS, MOST_SERIES = 16, 40


def _colour(panel: dict, name: str) -> tuple[str | None, bool]:
    """Fixed colour and whether it is dashed, by the overrides."""
    colour, dashed = None, False
    for override in panel["fieldConfig"]["overrides"]:
        matcher = override["matcher"]
        if matcher["options"] == name if matcher["id"] == "byName" else re.search(matcher["options"], name):
            for one in override["properties"]:
                if one["id"] == "color" and one["value"].get("fixedColor") in SHOWN:
                    colour = {"yellow": "gold"}.get(one["value"]["fixedColor"], one["value"]["fixedColor"])
                dashed |= one["id"] == "custom.lineStyle"
    return colour, dashed


def _series(axes, panel: dict, answers: list) -> None:
    bars = panel["fieldConfig"]["defaults"].get("custom", {}).get("drawStyle") == "bars"
    floor: dict = collections.defaultdict(float)
    drawn = 0
    for target, query, answer in answers:
        if target["refId"] == "U":
            axes.set_ylabel(str(answer.rows[0][0]).removeprefix("suffix: "))
            continue
        lines = collections.defaultdict(list)
        value = next(i for i, n in enumerate(answer.names) if n not in ("time", "metric"))
        for one in answer.rows:
            name = one[answer.names.index("metric")] if "metric" in answer.names else answer.names[value]
            lines[name].append((one[0], one[value]))
        for name, points in lines.items():
            drawn += 1
            if drawn > MOST_SERIES:
                break
            colour, dashed = _colour(panel, name)
            times, numbers = [p[0] for p in points], [float("nan") if p[1] is None else float(p[1]) for p in points]
            if bars:
                width = (query.fill_seconds or 3600) / 86400 * 0.9
                axes.bar(
                    [matplotlib.dates.date2num(t) for t in times],
                    numbers,
                    width,
                    bottom=[floor[t] for t in times],
                    color=colour,
                    label=name,
                )
                for t, v in zip(times, numbers):
                    floor[t] += v
            else:
                axes.plot(
                    times,
                    numbers,
                    "--" if dashed else "-",
                    marker="." if len(points) < 3 and not dashed else None,
                    color=colour,
                    linewidth=1,
                    label=name,
                )
    axes.xaxis_date()
    if drawn:
        axes.legend(fontsize=6, loc="upper left", ncols=3)
    axes.tick_params(labelsize=7)
    axes.grid(alpha=0.3)


def _text(axes, panel: dict, answers: list) -> None:
    axes.axis("off")
    _, _, answer = next(a for a in answers if a[0]["refId"] != "U")
    cells = [
        [
            (
                ""
                if v is None
                else (
                    f"{v:.4g}"
                    if isinstance(v, float)
                    else v.strftime("%m-%d %H:%M") if hasattr(v, "hour") else textwrap.shorten(str(v), 24)
                )
            )
            for v in one
        ]
        for one in answer.rows[:MOST_ROWS]
    ]
    if not cells:
        axes.text(0.5, 0.5, panel["fieldConfig"]["defaults"]["noValue"], ha="center")
        return
    shown = axes.table(
        cells, colLabels=[textwrap.shorten(n, 20) for n in answer.names], loc="upper left", cellLoc="left"
    )
    shown.auto_set_font_size(False)
    shown.set_fontsize(6)
    if len(answer.rows) > MOST_ROWS:
        axes.text(0, 0, f"… {len(answer.rows)} rows", fontsize=7)


def _places(panels: list) -> tuple[list[tuple], int]:
    """Where Grafana puts each panel (x, y, w, h) and the height of all: repetitions of a row below each other."""
    # a row's panels come panel by panel: the n-th of each goes into the n-th repetition
    heights: dict[int, int] = {}
    seen: dict = collections.defaultdict(int)
    placed = []
    for panel, _ in panels:
        x, y, w, h = (panel["gridPos"][k] for k in "xywh")
        turn = seen[panel["id"]]
        seen[panel["id"]] += 1
        heights[y] = max(heights.get(y, 0), h * (turn + 1))
        placed.append((x, y, w, h, turn))
    offsets, extra = {}, 0
    for y in sorted(heights):
        offsets[y] = extra
        extra += heights[y] - max(h for _, top, _, h, _ in placed if top == y)
    result = [(x, y + offsets[y] + turn * h, w, h) for x, y, w, h, turn in placed]
    return result, max(y + h for _, y, _, h in result)


def all_pictures(found: list, folder: pathlib.Path) -> int:
    """One picture for each board, its panels where Grafana puts them."""
    folder.mkdir(parents=True, exist_ok=True)
    boards = collections.defaultdict(list)
    for board, panel, answers in found:
        boards[board].append((panel, answers))
    for board, panels in boards.items():
        places, height = _places(panels)
        wide, high = 24 * 0.85, height * 0.42
        figure = plot.figure(figsize=(wide, high))
        for (x, y, w, h), (panel, answers) in zip(places, panels):
            axes = figure.add_axes(((x + 0.7) / 24, 1 - (y + h - 0.7) / height, (w - 0.9) / 24, (h - 1.6) / height))
            axes.set_title(f"{panel['title']} ({panel['type']})", fontsize=8, loc="left")
            (_series if answers[0][0]["format"] == "time_series" else _text)(axes, panel, answers)
        figure.savefig(folder / f"{board.lower().replace(' ', '-')}.png", dpi=70)
        plot.close(figure)
    return len(boards)
