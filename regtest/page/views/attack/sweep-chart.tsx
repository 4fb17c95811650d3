import { useMemo } from 'preact/hooks';
import uPlot from 'uplot';
import { axisOf, type Palette, Plot, type PlotOptions } from '../../charts/plot.js';
import { percent } from '../../text.js';
import type { SweepResult } from './use-trials.js';

/** Of a normal distribution: 99 % lie within so many standard deviations. */
const DEVIATIONS_99 = 2.5758;

/** What trials measured, on the curve of the theory with the band in which 99 % of such trials lie. */
export function SweepChart({ result }: { readonly result: SweepResult }) {
  const { sweep, points } = result;
  const { isShare, own } = sweep;
  const options = useMemo(() => (palette: Palette) => chartOptions(palette, isShare, own), [isShare, own]);
  const data = useMemo(() => dataOf(result), [result]);
  const label = [...points]
    .map(
      ([x, trials]) =>
        `${isShare ? percent(x, 0) : x}: ${percent(trials.rate)}, theory ${percent(trials.theory)}`,
    )
    .join('; ');
  return <Plot label={`By ${sweep.label}: ${label}`} options={options} data={data} height={230} />;
}

/** Places, theory, its band's borders, and what was measured there. */
function dataOf({ sweep, points }: SweepResult): uPlot.AlignedData {
  const xs = [...sweep.curve];
  const theory = xs.map(sweep.theoryAt);
  const trials = [...points.values()][0]?.trials ?? 1;
  // A share of blocks is no count of successes: its band is not known.
  const spread = (chance: number) =>
    sweep.kind === 'selfish' ? 0 : DEVIATIONS_99 * Math.sqrt((chance * (1 - chance)) / trials);
  return [
    xs,
    theory.map(chance => Math.min(1, chance + spread(chance))),
    theory.map(chance => Math.max(0, chance - spread(chance))),
    theory,
    xs.map(x => points.get(x)?.rate ?? null),
  ];
}

function chartOptions(palette: Palette, isShare: boolean, own: number): PlotOptions {
  const hidden = { width: 0, points: { show: false } };
  const bars = uPlot.paths.bars?.({ size: [0.5, 44] });
  return {
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_plot, min, max) => (isShare ? [min, max] : [min - 0.6, max + 0.6]) },
      y: { range: (_plot, _min, max) => [0, Math.min(1.02, Math.max(max * 1.12, 0.001))] },
    },
    axes: [
      axisOf(palette, {
        grid: { show: false },
        size: 26,
        values: (_plot, splits) =>
          splits.map(split => (isShare ? `${Math.round(100 * split)} %` : wholeText(split))),
      }),
      axisOf(palette, {
        size: 56,
        values: (_plot, splits) => splits.map(split => `${+(100 * split).toPrecision(3)} %`),
      }),
    ],
    bands: [{ series: [1, 2], fill: palette.band }],
    series: [
      {},
      { ...hidden, stroke: palette.accent },
      { ...hidden, stroke: palette.accent },
      { stroke: palette.accent, width: 2, points: { show: false } },
      isShare
        ? { stroke: palette.ink, width: 0, points: { show: true, size: 8, fill: palette.ink } }
        : {
            stroke: palette.muted,
            fill: `${palette.muted}55`,
            width: 1,
            points: { show: false },
            paths: bars,
          },
    ],
    hooks: { drawClear: [plot => markOwn(plot, own, palette)] },
  };
}

function wholeText(value: number): string {
  return Number.isInteger(value) ? String(value) : '';
}

/** A line where the form stands. */
function markOwn(plot: uPlot, own: number, palette: Palette): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(own, 'x', true);
  ctx.save();
  ctx.strokeStyle = palette.line;
  ctx.lineWidth = 10;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
