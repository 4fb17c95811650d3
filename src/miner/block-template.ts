import type { Chain } from '../chain/chain.js';
import { coinbaseHeightScript } from '../consensus/block-check.js';
import type { HeaderId } from '../consensus/chain-view.js';
import { buriedActive, computeBlockVersion, type VersionBitsCache } from '../consensus/deployments.js';
import { MAX_BLOCK_WEIGHT, MAX_TIMEWARP } from '../consensus/limits.js';
import { difficultyAdjustmentInterval, nextWorkRequired } from '../consensus/pow.js';
import { blockSubsidy } from '../consensus/subsidy.js';
import { legacySigOpCount } from '../consensus/tx-verify.js';
import { Block, merkleOf } from '../primitives/block.js';
import { concatBytes, type Hash256, ZERO_HASH } from '../primitives/bytes.js';
import { BlockHeader, NONCE_AT } from '../primitives/header.js';
import { NULL_INDEX } from '../primitives/outpoint.js';
import { SEQUENCE_FINAL, Transaction, WITNESS_SCALE_FACTOR } from '../primitives/transaction.js';
import { type BlockContent, type BlockContents, emptyContent } from './block-contents.js';

/** Weight kept free for header, transaction count and coinbase, as in Core. */
export const RESERVED_WEIGHT = 4000;
/** Signature operation cost kept free for the coinbase, as in Core. */
export const RESERVED_SIGOP_COST = 400;
export const DEFAULT_BLOCK_MAX_WEIGHT = MAX_BLOCK_WEIGHT - RESERVED_WEIGHT;
/** Satoshis per 1000 vbytes. */
export const DEFAULT_BLOCK_MIN_FEE_RATE = 1000;

/** Version of coinbase transactions made here. */
const COINBASE_VERSION = 2;
const OP_0 = Uint8Array.of(0);

export interface TemplateOptions {
  /** `-blockmaxweight`, clamped so that the reserve fits. */
  readonly maxWeight: number;
  /** `-blockmintxfee`, satoshis per 1000 vbytes. */
  readonly minFeeRate: number;
  /** `-blockversion`; on networks that mine on demand only. */
  readonly version?: number | undefined;
}

export interface TemplateModules {
  readonly chain: Chain;
  readonly contents: BlockContents;
  readonly versionBits: VersionBitsCache;
}

/** A block that lacks only its proof of work. In weight and signature operations the reserve stands for header and coinbase. */
export interface BlockTemplate extends BlockContent {
  readonly height: number;
  readonly prev: HeaderId;
  readonly prevHash: Hash256;
  readonly version: number;
  readonly bits: number;
  /** Unix seconds. */
  readonly time: number;
  /** Lowest time that the rules allow. */
  readonly minTime: number;
  readonly coinbase: Transaction;
  readonly coinbaseValue: number;
  readonly coinbaseSigOpCost: number;
}

/** Assembles a block on the tip from the mempool (or without it, `useMempool` false). Synchronous: one consistent view. */
export function assembleTemplate(
  payTo: Uint8Array,
  nowSeconds: number,
  options: TemplateOptions,
  modules: TemplateModules,
  useMempool = true,
): BlockTemplate {
  const { chain, contents, versionBits } = modules;
  const { headers } = chain;
  const params = chain.params.consensus;
  const prev = chain.tip;
  const height = chain.height + 1;
  const medianTimePast = headers.medianTimePast(prev);
  const maxWeight = Math.min(Math.max(options.maxWeight, RESERVED_WEIGHT), DEFAULT_BLOCK_MAX_WEIGHT);
  const limits = {
    maxWeight,
    reservedWeight: RESERVED_WEIGHT,
    reservedSigOpCost: RESERVED_SIGOP_COST,
    minFeeRate: options.minFeeRate,
    height,
    lockTimeCutoff: medianTimePast,
  };
  const content = useMempool ? contents.choose(limits) : emptyContent(limits);
  const minTime = minimumTime(chain, prev, height);
  const time = Math.max(minTime, nowSeconds);
  const coinbaseValue = blockSubsidy(height, params) + content.fees;
  const hasSegwit = buriedActive('segwit', height, params);
  const coinbase = coinbaseTransaction(height, coinbaseValue, payTo, content.witnessCommitment, {
    hasSegwit,
  });
  const version = computeBlockVersion(prev, headers, params, versionBits);
  return {
    ...content,
    height,
    prev,
    prevHash: headers.hash(prev),
    version: chain.params.isMockable && options.version !== undefined ? options.version : version,
    bits: nextWorkRequired(prev, time, headers, params),
    time,
    minTime,
    coinbase,
    coinbaseValue,
    coinbaseSigOpCost: legacySigOpCount(coinbase) * WITNESS_SCALE_FACTOR,
  };
}

/** Above the median of the last eleven; with BIP94 a period's first block may also not lie far before its predecessor. */
function minimumTime(chain: Chain, prev: HeaderId, height: number): number {
  const { headers, params } = chain;
  const aboveMedian = headers.medianTimePast(prev) + 1;
  const startsPeriod = height % difficultyAdjustmentInterval(params.consensus) === 0;
  return params.consensus.enforceBip94 && startsPeriod
    ? Math.max(aboveMedian, headers.time(prev) - MAX_TIMEWARP)
    : aboveMedian;
}

export interface CoinbaseOptions {
  /** False leaves out the witness, which the rules forbid before segwit is active. Default true. */
  readonly hasSegwit?: boolean;
  /** Script that follows the height; OP_0 when none is given. */
  readonly extraNonce?: Uint8Array;
}

/**
 * The coinbase of a block: height, then OP_0 or an extra nonce; the reward; the witness commitment with its reserved
 * value of zeros. Byte for byte what Core makes.
 */
export function coinbaseTransaction(
  height: number,
  value: number,
  payTo: Uint8Array,
  commitment: Uint8Array,
  options: CoinbaseOptions = {},
): Transaction {
  const { hasSegwit = true, extraNonce = OP_0 } = options;
  return Transaction.from({
    version: COINBASE_VERSION,
    inputs: [
      {
        prevout: { txid: ZERO_HASH, vout: NULL_INDEX },
        scriptSig: concatBytes(coinbaseHeightScript(height), extraNonce),
        sequence: SEQUENCE_FINAL,
        witness: hasSegwit ? [ZERO_HASH] : [],
      },
    ],
    outputs: [
      { value, script: payTo },
      { value: 0, script: commitment },
    ],
    lockTime: 0,
  });
}

/** The template as a block with the given coinbase (its own by default) and nonce 0. */
export function templateBlock(
  template: BlockTemplate,
  coinbase = template.coinbase,
  time = template.time,
): Block {
  const transactions = [coinbase, ...template.entries.map(entry => entry.tx)];
  return blockOf(template, transactions, time);
}

/** A block on the template's parent with these transactions and nonce 0. */
export function blockOf(
  template: Pick<BlockTemplate, 'version' | 'prevHash' | 'bits'>,
  transactions: readonly Transaction[],
  time: number,
): Block {
  const header = BlockHeader.from({
    version: template.version,
    prevHash: template.prevHash,
    merkleRoot: merkleOf(transactions).root,
    time,
    bits: template.bits,
    nonce: 0,
  });
  return Block.from(header, transactions);
}

/** The same block with another nonce. */
export function withNonce(block: Block, nonce: number): Block {
  const header = Buffer.from(block.header.raw);
  header.writeUInt32LE(nonce, NONCE_AT);
  return block.withHeader(new BlockHeader(header));
}
