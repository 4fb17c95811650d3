import { useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import { axisOf, type Palette, Plot, type PlotOptions } from '../../charts/plot.js';
import type { AttackStory } from '../../state/attack-story.js';
import { percent } from '../../text.js';

/** How the lead, and the chance by theory, went from block to block. */
export function RaceChart({ story }: { readonly story: AttackStory }) {
  const { blocks } = story;
  const hasChance = blocks.some(({ chance }) => chance !== undefined);
  const options = useMemo(() => (palette: Palette) => chartOptions(palette, hasChance), [hasChance]);
  const data: uPlot.AlignedData = useMemo(() => {
    const xs = [0, ...blocks.map((_, index) => index + 1)];
    const leads = [0, ...blocks.map(({ honest, attacker }) => attacker - honest)];
    const chances = [story.theory, ...blocks.map(({ chance }) => chance ?? null)];
    return hasChance ? [xs, leads, chances] : [xs, leads];
  }, [blocks.length, hasChance, story.theory]);
  const last = blocks.at(-1);
  const lead = (last?.attacker ?? 0) - (last?.honest ?? 0);
  const label = `After ${blocks.length} blocks the lead is ${lead}${last?.chance === undefined ? '' : `, the chance ${percent(last.chance)}`}`;
  return <Plot label={label} options={options} data={data} height={168} />;
}

function chartOptions(palette: Palette, hasChance: boolean): PlotOptions {
  return {
    legend: { show: true, live: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_plot, _min, max) => [0, Math.max(max, 10)] },
      lead: { range: (_plot, min, max) => [Math.min(min, -2) - 0.5, Math.max(max, 2) + 0.5] },
      chance: { range: [0, 1.02] },
    },
    axes: [
      axisOf(palette, { grid: { show: false }, size: 26 }),
      axisOf(palette, { scale: 'lead', size: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 500] }),
      ...(hasChance
        ? [
            axisOf(palette, {
              scale: 'chance',
              side: 1,
              size: 44,
              grid: { show: false },
              values: (_plot, splits) => splits.map(split => `${Math.round(100 * split)} %`),
            }),
          ]
        : []),
    ],
    series: [
      { label: 'blocks' },
      {
        label: 'lead of the attacker',
        scale: 'lead',
        stroke: palette.muted,
        width: 1.5,
        points: { show: false },
      },
      ...(hasChance
        ? [
            {
              label: 'his chance by theory',
              scale: 'chance',
              stroke: palette.accent,
              fill: palette.band,
              width: 2,
              points: { show: false },
            },
          ]
        : []),
    ],
  };
}
