import type { LabEvent } from './lab-event.js';

/**
 * Events kept for those who come later, some 25 MB: four minutes of eight nodes with a block and twenty payments a second,
 * hours of a quieter lab. Older ones are gone, unless a recorder took them.
 */
export const MAX_KEPT_EVENTS = 100_000;

/** All that happens in a lab, in order. */
export interface LabEvents {
  /** Logical time of the last event; 0 before the first. */
  readonly lastSeq: number;
  /** Kept events after this one, oldest first. */
  since(seq: number): readonly LabEvent[];
  /** Calls `listener` for each event from now on, until the returned function is called. What it throws is a bug. */
  subscribe(listener: (event: LabEvent) => void): () => void;
}
