import type { Logger } from '../../runtime/logger.js';
import { PRUNE_LOCK_BUFFER } from './limits.js';

/** How high may be pruned, and whose lock keeps it from being higher. */
export interface LockedHeight {
  readonly height: number;
  readonly lock: string | undefined;
}

/** Who still needs which blocks: rooms above the chain, such as an index that lags behind, name the lowest one. */
export class PruneLocks {
  private readonly heights = new Map<string, number>();

  /** @param height lowest block that `name` needs; undefined when it needs none */
  set(name: string, height: number | undefined): void {
    if (height === undefined) this.heights.delete(name);
    else this.heights.set(name, height);
  }

  /** The block at `height` was disconnected: locks on it or above move below it, since its like will come again. */
  moveBack(height: number, logger: Logger): void {
    const highest = height - 1;
    for (const [name, locked] of this.heights) {
      if (locked <= highest) continue;
      this.heights.set(name, highest);
      logger.debug('prune', `${name} prune lock moved back to ${highest}`);
    }
  }

  /** The highest block that may be pruned, `height` without locks. Never less than 1, as in Core. */
  limit(height: number): LockedHeight {
    let limited: LockedHeight = { height, lock: undefined };
    for (const [name, locked] of this.heights) {
      const allowed = locked - PRUNE_LOCK_BUFFER - 1;
      if (allowed < limited.height) limited = { height: Math.max(allowed, 1), lock: name };
    }
    return limited;
  }
}
