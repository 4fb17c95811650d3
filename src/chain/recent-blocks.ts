import type { HeaderId } from '../consensus/chain-view.js';
import type { Block } from '../primitives/block.js';

/**
 * Bytes of blocks kept parsed between storing and connecting. Parsed, a block takes more than its bytes, which competes with the
 * coins for memory; and reading one back costs some milliseconds, a hundredth of connecting it.
 */
const MAX_RECENT_BYTES = 4 * 1024 * 1024;

/** Their share of the room for coins, where that is less. */
const SHARE_OF_COINS = 1 / 16;

/** However little room there is: small blocks are no matter for memory, and are kept. */
const LEAST_RECENT_BYTES = 256 * 1024;

/** Blocks that were just stored and will probably be connected soon: saves reading and parsing them again. */
export class RecentBlocks {
  private readonly blocks = new Map<HeaderId, Block>();
  private bytes = 0;
  private readonly maxBytes: number;

  /** @param coinBytes room for cached coins: a node that may take little for them is to take little for blocks */
  constructor(coinBytes: number) {
    this.maxBytes = Math.min(MAX_RECENT_BYTES, Math.max(LEAST_RECENT_BYTES, coinBytes * SHARE_OF_COINS));
  }

  /** Keeps `block`; the ones kept longest make room. */
  keep(id: HeaderId, block: Block): void {
    this.take(id);
    this.blocks.set(id, block);
    this.bytes += block.totalSize;
    for (const oldest of this.blocks.keys()) {
      if (this.bytes <= this.maxBytes) return;
      this.take(oldest);
    }
  }

  get(id: HeaderId): Block | undefined {
    return this.blocks.get(id);
  }

  /** Hands the block out and forgets it. */
  take(id: HeaderId): Block | undefined {
    const block = this.blocks.get(id);
    if (block === undefined) return undefined;
    this.blocks.delete(id);
    this.bytes -= block.totalSize;
    return block;
  }

  clear(): void {
    this.blocks.clear();
    this.bytes = 0;
  }
}
