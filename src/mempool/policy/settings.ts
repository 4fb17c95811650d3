import type { FeeRate } from '../../primitives/feerate.js';
import { StartError } from '../../runtime/errors.js';
import {
  DEFAULT_ANCESTOR_LIMIT,
  DEFAULT_ANCESTOR_SIZE_LIMIT,
  DEFAULT_BYTES_PER_SIGOP,
  DEFAULT_DESCENDANT_LIMIT,
  DEFAULT_DESCENDANT_SIZE_LIMIT,
  DEFAULT_INCREMENTAL_RELAY_FEE_RATE,
  DEFAULT_MAX_MEMPOOL_MB,
  DEFAULT_MEMPOOL_EXPIRY_HOURS,
  DEFAULT_MIN_RELAY_FEE_RATE,
  DUST_RELAY_FEE_RATE,
  MAX_OP_RETURN_RELAY,
} from './limits.js';

/** How many ancestors and descendants an entry may have, itself counted, and how many vbytes they may be. */
export interface ChainLimits {
  readonly ancestorCount: number;
  readonly ancestorSize: number;
  readonly descendantCount: number;
  readonly descendantSize: number;
}

/** The mempool's options, in its own units; each names the command-line option that sets it. */
export interface MempoolOptions {
  /** -maxmempool, in bytes. */
  readonly maxBytes: number;
  /** -mempoolexpiry, in seconds. */
  readonly expirySeconds: number;
  /** -minrelaytxfee. */
  readonly minRelayFeeRate: FeeRate;
  /** -incrementalrelayfee. */
  readonly incrementalFeeRate: FeeRate;
  /** -dustrelayfee. */
  readonly dustRelayFeeRate: FeeRate;
  /** -datacarriersize: bytes of an OP_RETURN script; undefined with -datacarrier=0. */
  readonly maxDataCarrierBytes: number | undefined;
  /** -permitbaremultisig. */
  readonly permitBareMultisig: boolean;
  /** The reverse of -acceptnonstdtxn. */
  readonly requireStandard: boolean;
  /** -mempoolfullrbf: replace also what does not signal that it may be. */
  readonly fullRbf: boolean;
  /** -bytespersigop. */
  readonly bytesPerSigOp: number;
  /** -limitancestorcount, -limitancestorsize, -limitdescendantcount, -limitdescendantsize. */
  readonly limits: ChainLimits;
  /** -checkmempool: all invariants are checked after one of so many blocks and transactions; 0 is never. */
  readonly checkRatio: number;
  /** -persistmempoolv1: write mempool.dat without obfuscation. */
  readonly persistV1: boolean;
}

export const DEFAULT_CHAIN_LIMITS: ChainLimits = {
  ancestorCount: DEFAULT_ANCESTOR_LIMIT,
  ancestorSize: DEFAULT_ANCESTOR_SIZE_LIMIT,
  descendantCount: DEFAULT_DESCENDANT_LIMIT,
  descendantSize: DEFAULT_DESCENDANT_SIZE_LIMIT,
};

export const DEFAULT_MEMPOOL_OPTIONS: MempoolOptions = {
  maxBytes: DEFAULT_MAX_MEMPOOL_MB * 1_000_000,
  expirySeconds: DEFAULT_MEMPOOL_EXPIRY_HOURS * 3600,
  minRelayFeeRate: DEFAULT_MIN_RELAY_FEE_RATE,
  incrementalFeeRate: DEFAULT_INCREMENTAL_RELAY_FEE_RATE,
  dustRelayFeeRate: DUST_RELAY_FEE_RATE,
  maxDataCarrierBytes: MAX_OP_RETURN_RELAY,
  permitBareMultisig: true,
  requireStandard: true,
  fullRbf: true,
  bytesPerSigOp: DEFAULT_BYTES_PER_SIGOP,
  limits: DEFAULT_CHAIN_LIMITS,
  checkRatio: 0,
  persistV1: false,
};

/** Memory per vbyte of a transaction that the smallest mempool must have: one full chain of descendants fits. */
const MEMORY_PER_DESCENDANT_VBYTE = 40;

/** @throws StartError when the memory limit cannot hold one transaction with all the descendants that it may have */
export function checkMempoolOptions(options: MempoolOptions): void {
  const least = Math.max(options.limits.descendantSize * MEMORY_PER_DESCENDANT_VBYTE, 0);
  if (options.maxBytes < least)
    throw new StartError(`-maxmempool must be at least ${Math.ceil(least / 1_000_000)} MB`);
}
