import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'preact/hooks';
import { useSize } from '../ui/use-size.js';

/** Colours of the theme, for what is drawn on a canvas. */
export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  readonly good: string;
  readonly bad: string;
  readonly band: string;
}

export type PlotOptions = Omit<uPlot.Options, 'width' | 'height'>;

interface PlotProps {
  /** What the chart shows, for those who do not see it. */
  readonly label: string;
  /** Called anew when the theme changes. The same function has to come with every rendering. */
  readonly options: (palette: Palette) => PlotOptions;
  readonly data: uPlot.AlignedData;
  readonly height: number;
}

/** A chart that takes the width it gets. */
export function Plot({ label, options, data, height }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const { width } = useSize(box);
  const last = useRef(data);
  last.current = data;
  useEffect(() => {
    const { current } = box;
    if (current === null || width === 0) return undefined;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot({ ...options(paletteOf(current)), width, height }, last.current, current);
    };
    draw();
    addEventListener('themechange', draw);
    return () => {
      removeEventListener('themechange', draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [options, width, height]);
  useEffect(() => plot.current?.setData(data), [data]);
  return <div class="plot" ref={box} role="img" aria-label={label} style={{ height: `${height}px` }} />;
}

function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour('ink'),
    muted: colour('muted'),
    line: colour('line'),
    accent: colour('accent'),
    good: colour('good'),
    bad: colour('bad'),
    band: colour('band'),
  };
}

/** An axis in the page's type and colours. */
export function axisOf(palette: Palette, more: uPlot.Axis = {}): uPlot.Axis {
  return {
    stroke: palette.muted,
    font: '11px system-ui, sans-serif',
    labelFont: '11px system-ui, sans-serif',
    labelSize: 18,
    grid: { stroke: palette.line, width: 1 },
    ticks: { show: false },
    ...more,
  };
}
