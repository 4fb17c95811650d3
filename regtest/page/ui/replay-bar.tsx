import { useEffect, useReducer, useState } from 'preact/hooks';
import { count, sinceStart } from '../text.js';
import { usePage } from './context.js';

/** How much faster than it happened a recording is played. */
const SPEEDS: readonly number[] = [1, 4, 20, 100];

/** Where in a recording the page is, and how to go elsewhere; on every view. */
export function ReplayBar() {
  const { store, live } = usePage();
  const [, render] = useReducer((renders: number) => renders + 1, 0);
  useEffect(() => store.subscribe(['events'], () => render(undefined)), [store]);
  const [speed, setSpeed] = useState(4);
  const [isPlaying, setPlaying] = useState(false);
  usePlaying(isPlaying, speed, () => setPlaying(false));
  const { replay } = store;
  if (replay === undefined) return null;
  const go = (position: number): void => {
    setPlaying(false);
    store.seek(position);
  };
  const togglePlaying = (): void => {
    if (!isPlaying && replay.position === replay.length) store.seek(0);
    setPlaying(!isPlaying);
  };
  return (
    <section class="replay" aria-label="Recording">
      <strong>{replay.recording.name}</strong>
      <button type="button" aria-label="One event back" onClick={() => go(replay.position - 1)}>
        −1
      </button>
      <button type="button" class="primary" onClick={togglePlaying}>
        {isPlaying ? 'Pause' : 'Play'}
      </button>
      <button type="button" aria-label="One event on" onClick={() => go(replay.position + 1)}>
        +1
      </button>
      <select
        aria-label="Speed"
        value={speed}
        onChange={event => setSpeed(Number(event.currentTarget.value))}
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

/** Moves on with time while the recording is played. */
function usePlaying(isPlaying: boolean, speed: number, onEnd: () => void): void {
  const { store } = usePage();
  useEffect(() => {
    const { replay } = store;
    if (!isPlaying || replay === undefined) return undefined;
    let last = performance.now();
    let atMs = replay.current?.atMs ?? replay.recording.events[0]?.atMs ?? 0;
    let frame = 0;
    const move = (now: number): void => {
      atMs += (now - last) * speed;
      last = now;
      const target = replay.positionAt(atMs);
      if (target > replay.position) store.seek(target);
      if (replay.position === replay.length) onEnd();
      else frame = requestAnimationFrame(move);
    };
    frame = requestAnimationFrame(move);
    return () => cancelAnimationFrame(frame);
    // What happens at the end is the same in every rendering.
  }, [store, isPlaying, speed]);
}
