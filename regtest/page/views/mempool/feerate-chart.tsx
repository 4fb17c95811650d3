import { useMemo } from 'preact/hooks';
import uPlot from 'uplot';
import { axisOf, type Palette, Plot, type PlotOptions } from '../../charts/plot.js';
import { binText, type FeerateBin } from './feerate-bins.js';

/** How many virtual bytes pay how much. */
export function FeerateChart({ bins }: { readonly bins: readonly FeerateBin[] }) {
  const labels = bins.map(binText).join('|');
  const options = useMemo(() => (palette: Palette) => chartOptions(palette, labels.split('|')), [labels]);
  const data: uPlot.AlignedData = useMemo(
    () => [bins.map((_, index) => index), bins.map(({ vbytes }) => vbytes)],
    [bins],
  );
  const label = `Virtual bytes by feerate: ${bins.map(bin => `${binText(bin)}: ${bin.vbytes}`).join(', ')}`;
  return <Plot label={label} options={options} data={data} height={190} />;
}

function chartOptions(palette: Palette, labels: readonly string[]): PlotOptions {
  return {
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [-0.6, labels.length - 0.4] },
      y: { range: (_plot, _min, max) => [0, Math.max(max, 1) * 1.08] },
    },
    axes: [
      axisOf(palette, {
        grid: { show: false },
        splits: () => labels.map((_, index) => index),
        values: () => [...labels],
        label: 'sat/vB',
        size: 26,
      }),
      axisOf(palette, { size: 54, label: 'vB' }),
    ],
    series: [
      {},
      {
        fill: palette.accent,
        stroke: palette.accent,
        width: 0,
        points: { show: false },
        paths: uPlot.paths.bars?.({ size: [0.82, 60] }),
      },
    ],
  };
}
