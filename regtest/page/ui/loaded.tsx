import type { ComponentChildren } from 'preact';
import type { Polled } from './use-polled.js';

interface LoadedProps<T> {
  readonly polled: Polled<T | undefined>;
  /** What to say when the answer is that there is nothing. */
  readonly missing: ComponentChildren;
  readonly children: (value: T) => ComponentChildren;
}

/** Something that is asked for: what is said until it is there, when it is not, and when asking fails. */
export function Loaded<T>({ polled, missing, children }: LoadedProps<T>) {
  if (polled.error !== undefined) {
    return (
      <p class="outcome error" role="alert">
        {polled.error}
      </p>
    );
  }
  if (polled.value !== undefined) return <>{children(polled.value)}</>;
  return <p class="note">{polled.isLoaded ? missing : 'Looking…'}</p>;
}
