import { useEffect, useState } from 'preact/hooks';
import type { ClockState } from '../../clock/clock-state.js';
import { duration, timeOfDay, utc } from '../text.js';
import { GaugeMenu } from './gauge.js';
import { OutcomeText } from './outcome-text.js';
import { useCommand } from './use-command.js';

const STEPS: readonly { readonly seconds: number; readonly text: string }[] = [
  { seconds: 600, text: '10 min' },
  { seconds: 3600, text: '1 h' },
  { seconds: 86_400, text: '1 day' },
  { seconds: 14 * 86_400, text: '2 weeks' },
];

/** The time of all nodes, and how to move it. */
export function ClockMenu({ clock }: { readonly clock: ClockState }) {
  const { outcome, isBusy, run } = useCommand();
  const now = useLabTime(clock);
  const advance = (seconds: number) => void run('advance', { seconds }, told => `Now ${utc(told.time)}.`);
  const ahead =
    clock.offset === 0 ? '' : ` ${clock.offset > 0 ? '+' : '−'}${duration(Math.abs(clock.offset))}`;
  return (
    <GaugeMenu name="Clock" value={`${timeOfDay(now)}${ahead}`} {...(clock.frozen ? { tone: 'warn' } : {})}>
      <p>
        {utc(now)} UTC{clock.frozen ? ', standing still' : ''}
      </p>
      <fieldset class="row" disabled={isBusy}>
        <legend>Advance by</legend>
        {STEPS.map(({ seconds, text }) => (
          <button key={text} type="button" onClick={() => advance(seconds)}>
            {text}
          </button>
        ))}
      </fieldset>
      <form
        class="row"
        onSubmit={event => {
          event.preventDefault();
          advance(Number(new FormData(event.currentTarget).get('seconds')));
        }}
      >
        <label>
          Seconds
          <input name="seconds" type="number" min="1" step="1" defaultValue="60" required />
        </label>
        <button type="submit" disabled={isBusy}>
          Advance
        </button>
      </form>
      <div class="row">
        <button
          type="button"
          disabled={isBusy}
          onClick={() =>
            void run('clock', { freeze: !clock.frozen }, told =>
              told.frozen ? 'The time stands still.' : 'The time runs on.',
            )
          }
        >
          {clock.frozen ? 'Run on' : 'Freeze'}
        </button>
        <button
          type="button"
          disabled={isBusy}
          onClick={() => void run('clock', { release: true }, () => 'The machine’s time again.')}
        >
          Machine’s time
        </button>
      </div>
      <OutcomeText outcome={outcome} />
    </GaugeMenu>
  );
}

/** Seconds since 1970 by the clock of the lab, which runs on from what was last told. */
function useLabTime(clock: ClockState): number {
  const [, tick] = useState(0);
  const [told, setTold] = useState({ clock, at: Date.now() });
  useEffect(() => setTold({ clock, at: Date.now() }), [clock]);
  useEffect(() => {
    if (clock.frozen) return undefined;
    const timer = globalThis.setInterval(() => tick(ticks => ticks + 1), 1000);
    return () => globalThis.clearInterval(timer);
  }, [clock.frozen]);
  if (clock.frozen) return clock.time;
  return told.clock.time + Math.floor((Date.now() - told.at) / 1000);
}
