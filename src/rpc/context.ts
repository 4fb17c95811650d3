import type { Chain } from '../chain/chain.js';
import type { Mempool } from '../mempool/mempool.js';
import type { ContinuousMiner } from '../miner/continuous.js';
import type { Miner } from '../miner/miner.js';
import type { P2P } from '../net/api.js';
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

/** What methods about the RPC server itself see of it. */
export interface RpcServerInfo {
  /** Help of one method, or the list of all. */
  help(command: string): string;
  /** Running commands with how long they have been running, in microseconds. */
  activeCommands(): Iterable<{ readonly method: string; readonly durationMicros: number }>;
}

/** The parts of the node that methods work with. The composition root fills it in. */
export interface RpcContext {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly p2p: P2P;
  readonly miner: Miner;
  readonly continuousMiner: ContinuousMiner;
  readonly clock: NodeClock;
  readonly logger: Logger;
  readonly logControl: LogControl;
  readonly server: RpcServerInfo;
  /** Deprecated methods that `-deprecatedrpc` switches on. */
  readonly deprecated: ReadonlySet<string>;
  /** Seconds of machine time since start. */
  uptime(): number;
  /** Warnings for getblockchaininfo, getmininginfo and getnetworkinfo. */
  warnings(): readonly string[];
  /** Resolves when everybody has dealt with the events of the chain so far (wallets among them). */
  notificationsDone(): Promise<void>;
  /** Asks the node to stop; returns at once. */
  requestStop(): void;
}
