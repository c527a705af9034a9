// The looks of every chart, apart from its data.
import type uPlot from 'uplot';

export interface Line {
  label: string;
  tone: 'accent' | 'ink' | 'quiet';
  dash?: boolean;
  /** Drawn lightly and without a label: raw values under a smoothed line. */
  faint?: boolean;
  points?: boolean;
  /** In the place of the tone's: a class has a colour of its own, and so has a run among others. */
  colour?: string;
  /** No label at its end, where there are too many lines for that. */
  unlabelled?: boolean;
}

/** A moment that is marked across the plot: a number at its top, which a list beside the chart explains. */
export interface Mark {
  x: number;
  label: string;
}

export interface ChartColours {
  accent: string;
  ink: string;
  quiet: string;
  faint: string;
  grid: string;
  surface: string;
}

/** The page's tokens as colours that a canvas takes. */
export function chartColours(element: HTMLElement): ChartColours {
  const probe = document.createElement('span');
  element.append(probe);
  const resolve = (value: string) => {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
  const colours = {
    accent: resolve('var(--accent)'),
    ink: resolve('var(--ink)'),
    quiet: resolve('var(--ink-3)'),
    faint: resolve('color-mix(in oklch, var(--ink) 22%, transparent)'),
    grid: resolve('color-mix(in oklch, var(--line) 60%, transparent)'),
    surface: resolve('var(--surface)'),
  };
  probe.remove();
  return colours;
}

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const LABEL_ROOM = 15;
/** Epochs are counted, not divided. */
const WHOLE = [1, 2, 5]
  .flatMap((step) => [1, 10, 100, 1000, 10_000].map((power) => step * power))
  .sort((a, b) => a - b);

export function axisOptions(colours: ChartColours, format: (value: number) => string): uPlot.Axis[] {
  const shared = {
    stroke: colours.quiet,
    font: FONT,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
  };
  return [
    { ...shared, size: 28, grid: { show: false }, space: 40, incrs: WHOLE },
    {
      ...shared,
      size: 52,
      space: 36,
      values: (_plot, splits) => splits.map((value) => (value === null ? '' : format(value))),
    },
  ];
}

/** Writes each line's name and value at its end, or at the cursor while there is one; labels keep clear of each other. */
export function endLabels(
  lines: readonly Line[],
  colours: ChartColours,
  format: (value: number) => string,
): uPlot.Plugin {
  return {
    hooks: {
      draw: (plot) => {
        const { ctx } = plot;
        const ratio = devicePixelRatio || 1;
        const labels = lines.flatMap((line, i) => {
          const end = line.faint || line.unlabelled ? null : lastPoint(plot, i + 1);
          return end ? [{ line, text: `${line.label} ${format(end.value)}`, y: end.y / ratio }] : [];
        });
        placeBeside(labels);
        spread(labels, plot.bbox.top / ratio + 6, (plot.bbox.top + plot.bbox.height) / ratio - 6);
        ctx.save();
        ctx.scale(ratio, ratio);
        ctx.font = FONT;
        ctx.textAlign = 'right';
        ctx.textBaseline = 'middle';
        ctx.lineJoin = 'round';
        ctx.lineWidth = 4;
        ctx.strokeStyle = colours.surface;
        const right = (plot.bbox.left + plot.bbox.width) / ratio - 4;
        for (const { line, text, y } of labels) {
          ctx.fillStyle = line.colour ?? colours[line.tone];
          ctx.strokeText(text, right, y);
          ctx.fillText(text, right, y);
        }
        ctx.restore();
      },
    },
  };
}

function lastPoint(plot: uPlot, series: number): { value: number; y: number } | null {
  const values = plot.data[series];
  const { max = Infinity, min = -Infinity } = plot.scales['x'] ?? {};
  for (let i = (values?.length ?? 0) - 1; i >= 0; i--) {
    const value = values?.[i];
    const x = plot.data[0][i]!;
    if (x > max || x < min) continue;
    if (typeof value === 'number' && Number.isFinite(value)) {
      return { value, y: plot.valToPos(value, 'y', true) };
    }
  }
  return null;
}

/** Draws a dashed line with its label at each mark that the plot shows. */
export function markLines(marks: () => readonly Mark[], colours: ChartColours): uPlot.Plugin {
  return {
    hooks: {
      drawClear: (plot) => {
        const { ctx, bbox } = plot;
        const ratio = devicePixelRatio || 1;
        const { min = 0, max = 0 } = plot.scales['x'] ?? {};
        ctx.save();
        ctx.strokeStyle = ctx.fillStyle = colours.quiet;
        ctx.lineWidth = ratio;
        ctx.setLineDash([2 * ratio, 3 * ratio]);
        ctx.font = `${10 * ratio}px system-ui, sans-serif`;
        ctx.textAlign = 'center';
        ctx.textBaseline = 'bottom';
        for (const { x, label } of marks()) {
          if (x < min || x > max) continue;
          const at = Math.round(plot.valToPos(x, 'x', true)) + ratio / 2;
          ctx.beginPath();
          ctx.moveTo(at, bbox.top);
          ctx.lineTo(at, bbox.top + bbox.height);
          ctx.stroke();
          ctx.fillText(label, at, bbox.top - ratio);
        }
        ctx.restore();
      },
    },
  };
}

/** Puts each label above the end of its line, or below where another line ends just above it. */
export function placeBeside(labels: { y: number }[]): void {
  labels.sort((a, b) => a.y - b.y);
  const ends = labels.map(({ y }) => y);
  labels.forEach((label, i) => {
    const above = ends[i - 1];
    label.y += above !== undefined && label.y - above < 2 * LABEL_ROOM ? 10 : -10;
  });
}

/** Moves labels apart until none covers another, between `top` and `bottom`. */
export function spread(labels: { y: number }[], top: number, bottom: number): void {
  labels.sort((a, b) => a.y - b.y);
  let free = top;
  for (const label of labels) {
    label.y = Math.max(label.y, free);
    free = label.y + LABEL_ROOM;
  }
  let limit = bottom;
  for (const label of labels.toReversed()) {
    label.y = Math.min(label.y, limit);
    limit = label.y - LABEL_ROOM;
  }
}
