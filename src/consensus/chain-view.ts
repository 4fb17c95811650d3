import type { Hash256 } from '../primitives/bytes.js';

/** Dense number of a header in the header tree; {@link NO_HEADER} is none. */
export type HeaderId = number;
export const NO_HEADER: HeaderId = -1;

/**
 * What rules need to see of the header tree. Pure look-ups over memory, by id: the tree (`chain`) keeps its millions of
 * headers in typed arrays, not in objects.
 */
export interface HeaderView {
  height(id: HeaderId): number;
  prev(id: HeaderId): HeaderId;
  version(id: HeaderId): number;
  time(id: HeaderId): number;
  bits(id: HeaderId): number;
  hash(id: HeaderId): Hash256;
  /** The ancestor of `id` at `height` (itself at its own height), NO_HEADER above it. */
  ancestor(id: HeaderId, height: number): HeaderId;
  /** Median of the times of `id` and its ten predecessors. */
  medianTimePast(id: HeaderId): number;
}
