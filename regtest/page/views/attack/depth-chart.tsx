import { useMemo } from 'preact/hooks';
import uPlot from 'uplot';
import type { Trials } from '../../api/trials.js';
import { axisOf, type Palette, Plot, type PlotOptions } from '../../charts/plot.js';

const DEVIATIONS_99 = 2.5758;

interface DepthChartProps {
  readonly depths: NonNullable<Trials['depths']>;
  readonly trials: number;
}

/** How often how many blocks were undone, on the curve of the theory with its band. */
export function DepthChart({ depths, trials }: DepthChartProps) {
  const data: uPlot.AlignedData = useMemo(() => {
    const expected = depths.theory;
    const spread = (mean: number) => DEVIATIONS_99 * Math.sqrt(mean * (1 - mean / trials));
    return [
      expected.map((_, depth) => depth),
      expected.map(mean => mean + spread(mean)),
      expected.map(mean => Math.max(0, mean - spread(mean))),
      [...expected],
      expected.map((_, depth) => depths.counts[depth] ?? 0),
    ];
  }, [depths, trials]);
  const label = depths.counts.map((seen, depth) => `${depth}: ${seen}`).join(', ');
  return <Plot label={`Trials by blocks undone: ${label}`} options={chartOptions} data={data} height={200} />;
}

function chartOptions(palette: Palette): PlotOptions {
  const hidden = { width: 0, points: { show: false }, stroke: palette.accent };
  return {
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_plot, min, max) => [min - 0.6, max + 0.6] },
      y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.08)] },
    },
    axes: [axisOf(palette, { grid: { show: false }, size: 26 }), axisOf(palette, { size: 56 })],
    bands: [{ series: [1, 2], fill: palette.band }],
    series: [
      {},
      hidden,
      hidden,
      { stroke: palette.accent, width: 2, points: { show: false } },
      {
        stroke: palette.muted,
        fill: `${palette.muted}55`,
        width: 1,
        points: { show: false },
        paths: uPlot.paths.bars?.({ size: [0.7, 40] }),
      },
    ],
  };
}
