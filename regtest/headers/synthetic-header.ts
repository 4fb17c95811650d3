import type { HeaderTree } from '../../src/chain/header-tree.js';
import type { HeaderId } from '../../src/consensus/chain-view.js';
import { chainParams } from '../../src/consensus/networks.js';
import { BlockHeader } from '../../src/primitives/header.js';

/** The first block of every synthetic chain. */
export const GENESIS = chainParams('regtest').genesis.header;

/** In the 80 bytes of a header. */
const PREV_HASH_AT = 4;
const TIME_AT = 68;
const BITS_AT = 72;

/** What a header says of its block, where that matters. */
export interface HeaderFacts {
  /** Unix seconds. */
  readonly time: number;
  /** Compact target. */
  readonly bits: number;
}

/**
 * Makes headers nobody searched a proof of work for: genesis but for their predecessor, with a number in place of the
 * hash. Proof of work and contents are checked before a header gets into the tree; the tree and the choice of the best
 * chain do not look at them.
 */
export class HeaderMaker {
  /** One for all headers: the tree copies it. */
  private readonly raw = Uint8Array.from(GENESIS.raw);
  private readonly view = new DataView(this.raw.buffer);
  private readonly header = new BlockHeader(this.raw);
  private readonly hash = new Uint8Array(32);

  /** Adds a header on top of `prev`, and genesis to an empty tree. Trees that get the same headers give the same ids. */
  addTo(tree: HeaderTree, prev: HeaderId, facts?: HeaderFacts): HeaderId {
    if (facts !== undefined) {
      this.view.setUint32(TIME_AT, facts.time, true);
      this.view.setUint32(BITS_AT, facts.bits, true);
    }
    writeHash(this.raw, PREV_HASH_AT, prev);
    writeHash(this.hash, 0, tree.size);
    return tree.add(this.header, this.hash);
  }
}

/** Writes what stands for the hash of header `id` of a tree. */
function writeHash(to: Uint8Array, at: number, id: HeaderId): void {
  to.fill(0, at, at + 32);
  for (let i = 0, rest = id + 1; i < 4; i++, rest >>>= 8) to[at + i] = rest & 0xff;
}
