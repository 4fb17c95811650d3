import type { Chain } from '../chain/chain.js';
import type { Mempool } from '../mempool/mempool.js';
import type { NodeClock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';

/** Switches of the debug log, for RPC `logging`. */
export interface LogControl {
  /** Every category with whether it is on. */
  categories(): Readonly<Record<string, boolean>>;
  /** False when there is no such category. `all`, `1` and `none`, `0` name them all. */
  setCategory(name: string, on: boolean): boolean;
  readonly path: string;
}

/** The parts of the node that methods work with. The composition root fills it in. */
export interface RpcContext {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly clock: NodeClock;
  readonly logger: Logger;
  readonly logControl: LogControl;
  /** Seconds of machine time since start. */
  uptime(): number;
  /** Asks the node to stop; returns at once. */
  requestStop(): void;
}
