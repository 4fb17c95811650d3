import { count, sinceStart } from '../text.js';
import { useLab, usePage } from './context.js';
import { useRender } from './use-render.js';

/** How much faster than it happened a recording is played. */
const SPEEDS: readonly number[] = [1, 4, 20, 100];

/** Where in a recording the page is, and how to go elsewhere; on every view. */
export function ReplayBar() {
  const { store, live } = usePage();
  const render = useRender();
  useLab('events');
  const { replay } = store;
  if (replay === undefined) return null;
  const go = (position: number): void => {
    replay.pause();
    store.seek(position);
  };
  return (
    <section class="replay" aria-label="Recording">
      <strong>{replay.recording.name}</strong>
      <button type="button" aria-label="One event back" onClick={() => go(replay.position - 1)}>
        −1
      </button>
      <button type="button" class="primary" onClick={() => store.togglePlaying()}>
        {replay.isPlaying ? 'Pause' : 'Play'}
      </button>
      <button type="button" aria-label="One event on" onClick={() => go(replay.position + 1)}>
        +1
      </button>
      <select
        aria-label="Speed"
        value={replay.speed}
        onChange={event => {
          replay.setSpeed(Number(event.currentTarget.value));
          render();
        }}
      >
        {SPEEDS.map(times => (
          <option key={times} value={times}>
            {times}×
          </option>
        ))}
      </select>
      <input
        type="range"
        class="grow"
        aria-label="Place in the recording"
        aria-valuetext={`${count(replay.position)} of ${count(replay.length)} events`}
        min="0"
        max={replay.length}
        value={replay.position}
        onInput={event => go(event.currentTarget.valueAsNumber)}
      />
      <span class="place">
        {sinceStart(replay.current?.atMs ?? 0)} · event {count(replay.position)} of {count(replay.length)}
      </span>
      {live !== undefined && (
        <button type="button" onClick={() => store.close()}>
          Back to the lab
        </button>
      )}
    </section>
  );
}
