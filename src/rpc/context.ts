import type { Chain, ChainStateInfo } from '../chain/chain.js';
import type { CoinRecord } from '../chain/coins/coins-db.js';
import type { SnapshotReader } from '../chain/snapshot/snapshot-reader.js';
import type { SnapshotTarget } from '../chain/snapshot/snapshot-writer.js';
import type { WrittenSnapshot } from '../chain/snapshot/write-snapshot.js';
import type { VerifyOptions, VerifyResult } from '../chain/startup/verify-chain.js';
import type { HeaderId } from '../consensus/chain-view.js';
import type { VersionBitsCache } from '../consensus/deployments.js';
import type { FeeEstimates } from '../mempool/fees/estimate.js';
import type { Mempool } from '../mempool/mempool.js';
import type { ContinuousMiner } from '../miner/continuous.js';
import type { Miner } from '../miner/miner.js';
import type { P2P } from '../net/api.js';
import type { Hash256 } from '../primitives/bytes.js';
import type { NodeClock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { WalletManager } from '../wallet/wallet-manager.js';

/** Switches of the debug log, for RPC `logging`. */
export interface LogControl {
  /** Every category with whether it is on. */
  categories(): Readonly<Record<string, boolean>>;
  /** False when there is no such category. `all`, `1` and `none`, `0` name them all. */
  setCategory(name: string, on: boolean): boolean;
  readonly path: string;
}

/** What methods about the RPC server itself see of it; `server-info.ts` makes one from a dispatcher. */
export interface RpcServerInfo {
  /** Help of one method, or the list of all. */
  help(command: string): string;
  /** Every argument name of every method: method, position, name, whether the command line gives it as text. */
  argumentTable(): readonly (readonly [method: string, position: number, name: string, isText: boolean])[];
  /** Running commands with how long they have been running, in microseconds. */
  activeCommands(): Iterable<{ readonly method: string; readonly durationMicros: number }>;
}

/** Parts of the chain beyond what other rooms need. `BlockChain` is one. */
export interface ChainTools {
  /** States of soft forks, shared by all who ask about them. */
  readonly versionBits: VersionBitsCache;
  /** Checks the last blocks against their data and the coins. */
  verify(options: VerifyOptions): Promise<VerifyResult>;
  /**
   * Walks all coins on disk, after a flush, in the order of their keys and in lots, giving the event loop its turns.
   * `visit` ends the walk by returning false.
   *
   * @returns the block after which these were the coins
   */
  walkCoins(visit: (coins: readonly CoinRecord[]) => boolean): Promise<Hash256>;
  /** Writes all coins, as they are now, to a snapshot, giving the event loop its turns. */
  dumpCoins(target: SnapshotTarget): Promise<WrittenSnapshot>;
  /**
   * Takes the coins of a snapshot, and follows the chain from its base on.
   *
   * @param isMempoolEmpty nothing in the mempool hangs on the coins that were used so far
   * @returns the base
   * @throws SnapshotRefused in Core's words
   */
  loadSnapshot(reader: SnapshotReader, isMempoolEmpty: () => boolean): Promise<HeaderId>;
  /** The chains in use, the one that the node follows last. */
  chainStates(): ChainStateInfo[];
}

/** State of one optional index, for getindexinfo. */
export interface IndexStatus {
  readonly name: string;
  readonly synced: boolean;
  readonly bestHeight: number;
}

/** The parts of the node that methods work with. The composition root fills it in. */
export interface RpcContext {
  readonly chain: Chain;
  readonly chainTools: ChainTools;
  readonly mempool: Mempool;
  /** The network's data directory, where relative paths start. */
  readonly dataDir: string;
  /** Path of mempool.dat, for savemempool's answer. */
  readonly mempoolFile: string;
  /** Undefined where fees are not estimated (-blocksonly). */
  readonly feeEstimator: FeeEstimates | undefined;
  readonly p2p: P2P;
  readonly miner: Miner;
  readonly continuousMiner: ContinuousMiner;
  /** Absent with `-disablewallet`. */
  readonly wallets: WalletManager | undefined;
  readonly clock: NodeClock;
  readonly logger: Logger;
  readonly logControl: LogControl;
  readonly server: RpcServerInfo;
  /** `version` of getnetworkinfo: the Core release whose RPC is spoken, such as 280100. */
  readonly clientVersion: number;
  /** Deprecated methods that `-deprecatedrpc` switches on. */
  readonly deprecated: ReadonlySet<string>;
  /** Indexes that are running. */
  indexes(): readonly IndexStatus[];
  /** Seconds since start, by the clock that can be mocked. */
  uptime(): number;
  /** Warnings for getblockchaininfo, getmininginfo and getnetworkinfo. */
  warnings(): readonly string[];
  /** Resolves when everybody has dealt with the events of the chain so far (wallets among them). */
  notificationsDone(): Promise<void>;
  /** Asks the node to stop; returns at once. */
  requestStop(): void;
}
