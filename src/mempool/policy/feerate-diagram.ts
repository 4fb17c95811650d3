import { hashToHex } from '../../primitives/bytes.js';
import type { PoolEntry } from '../entry.js';

/** Transactions that are mined together: modified fees in satoshis over vbytes. */
export interface Chunk {
  readonly fee: number;
  readonly size: number;
}

/** Sign of a's feerate less b's, exact: products of fees and sizes leave the range of doubles. */
function compareFeeRates(a: Chunk, b: Chunk): number {
  const left = BigInt(a.fee) * BigInt(b.size);
  const right = BigInt(b.fee) * BigInt(a.size);
  return left < right ? -1 : left > right ? 1 : 0;
}

function bestFirst(a: Chunk, b: Chunk): number {
  return compareFeeRates(b, a) || a.size - b.size;
}

/**
 * Compares two feerate diagrams: the fees that the best `n` vbytes earn, for every `n`.
 *
 * @param a chunks, best feerate first; likewise b
 * @returns 'better' when a is nowhere below b and somewhere above; 'worse' the other way round; 'unordered' when each
 *   is above somewhere
 */
export function compareDiagrams(
  a: readonly Chunk[],
  b: readonly Chunk[],
): 'better' | 'worse' | 'equal' | 'unordered' {
  const sides = [new Walk(a), new Walk(b)] as const;
  const better = [false, false];
  while (!sides[0].isDone || !sides[1].isDone) {
    const behind = firstToAdvance(sides);
    const ahead = 1 - behind;
    const [walk, other] = behind === 0 ? sides : [sides[1], sides[0]];
    const point = walk.next;
    const slope = minus(point, other.at);
    let comparison: number;
    // Past its end a diagram is flat.
    if (other.isDone) comparison = compareFeeRates(slope, { fee: 0, size: 1 });
    else {
      comparison = compareFeeRates(slope, minus(other.next, other.at));
      if (other.next.size === point.size) other.advance();
    }
    if (comparison > 0) better[behind] = true;
    if (comparison < 0) better[ahead] = true;
    walk.advance();
    if (better[0] && better[1]) return 'unordered';
  }
  if (better[0]) return 'better';
  return better[1] ? 'worse' : 'equal';
}

/** Which side has the next corner of its diagram at the smaller size. */
function firstToAdvance([a, b]: readonly [Walk, Walk]): 0 | 1 {
  if (a.isDone) return 1;
  if (b.isDone) return 0;
  return a.next.size > b.next.size ? 1 : 0;
}

/** Goes along the corners of a diagram. */
class Walk {
  at: Chunk = { fee: 0, size: 0 };
  private index = 0;

  constructor(private readonly chunks: readonly Chunk[]) {}

  get isDone(): boolean {
    return this.index === this.chunks.length;
  }

  get next(): Chunk {
    return plus(this.at, this.chunks[this.index] ?? { fee: 0, size: 0 });
  }

  advance(): void {
    this.at = this.next;
    this.index++;
  }
}

function plus(a: Chunk, b: Chunk): Chunk {
  return { fee: a.fee + b.fee, size: a.size + b.size };
}

function minus(a: Chunk, b: Chunk): Chunk {
  return { fee: a.fee - b.fee, size: a.size - b.size };
}

/**
 * Whether replacing `all` by one new chunk makes the mempool worth more at every size. Only for conflicts in clusters
 * of at most two, whose order of mining is plain.
 *
 * @param direct the entries whose inputs are spent anew
 * @param all those with their descendants
 * @returns Core's words for why not, undefined when it does
 */
export function worsensDiagram(
  replacement: Chunk,
  direct: ReadonlySet<PoolEntry>,
  all: ReadonlySet<PoolEntry>,
): string | undefined {
  for (const conflict of direct) {
    const error = clusterTooBig(conflict);
    if (error !== undefined) return error;
  }
  const before = chunksOf(all).sort(bestFirst);
  const after = [...survivingParents(direct, all), replacement].sort(bestFirst);
  if (compareDiagrams(after, before) === 'better') return undefined;
  return 'insufficient feerate: does not improve feerate diagram';
}

function clusterTooBig(entry: PoolEntry): string | undefined {
  const who = hashToHex(entry.tx.txid);
  const ancestors = entry.ancestorCount - 1;
  const descendants = entry.descendantCount - 1;
  if (ancestors > 1) return `${who} has ${ancestors} ancestors, max 1 allowed`;
  if (descendants > 1) return `${who} has ${descendants} descendants, max 1 allowed`;
  if (ancestors > 0 && descendants > 0)
    return `${who} has both ancestor and descendant, exceeding cluster limit of 2`;
  for (const child of entry.children) {
    if (child.ancestorCount > 2) return `${who} is not the only parent of child ${hashToHex(child.tx.txid)}`;
  }
  for (const parent of entry.parents) {
    if (parent.descendantCount > 2)
      return `${who} is not the only child of parent ${hashToHex(parent.tx.txid)}`;
  }
  return undefined;
}

function chunksOf(entries: ReadonlySet<PoolEntry>): Chunk[] {
  const chunks: Chunk[] = [];
  for (const entry of entries) {
    // A parent is looked at together with its child.
    if (entry.descendantCount > 1) continue;
    const own = { fee: entry.modifiedFee, size: entry.vsize };
    if (entry.ancestorCount === 1) {
      chunks.push(own);
      continue;
    }
    const both = { fee: entry.ancestorFees, size: entry.ancestorSize };
    // A child that pays more than its parent is mined with it.
    if (compareFeeRates(own, both) > 0) chunks.push(both);
    else chunks.push(minus(both, own), own);
  }
  return chunks;
}

function survivingParents(direct: ReadonlySet<PoolEntry>, all: ReadonlySet<PoolEntry>): Chunk[] {
  const chunks: Chunk[] = [];
  for (const conflict of direct) {
    for (const parent of conflict.parents) {
      if (!all.has(parent)) chunks.push({ fee: parent.modifiedFee, size: parent.vsize });
    }
  }
  return chunks;
}
