import type { Block } from '../primitives/block.js';
import { bytesEqual, hashToHex } from '../primitives/bytes.js';
import type { BlockHeader } from '../primitives/header.js';
import { Transaction, WITNESS_SCALE_FACTOR } from '../primitives/transaction.js';
import { defined } from '../runtime/errors.js';
import { atOnce, firstFound, type Steps } from '../runtime/steps.js';
import { pushNumber } from '../script/build.js';
import { type HeaderId, type HeaderView, NO_HEADER } from './chain-view.js';
import { buriedActive } from './deployments.js';
import { MAX_BLOCK_SIGOPS_COST, MAX_BLOCK_WEIGHT, MAX_FUTURE_BLOCK_TIME, MAX_TIMEWARP } from './limits.js';
import type { ConsensusParams } from './params.js';
import { checkProofOfWork, difficultyAdjustmentInterval, nextWorkRequired } from './pow.js';
import { type BlockRejection, reject } from './rejection.js';
import { checkSignetSolution } from './signet.js';
import { checkTransaction } from './tx-check.js';
import { isFinalTx, legacySigOpCount } from './tx-verify.js';
import {
  committedHash,
  NO_WITNESS_COMMITMENT,
  witnessCommitmentHash,
  witnessCommitmentIndex,
  witnessMerkleRoot,
} from './witness.js';

/**
 * Blocks that are known to pass. A block is looked at when it arrives, when it is stored and when it is connected; its
 * bytes cannot change in between, so each check is done once.
 */
const merkleRootChecked = new WeakSet<Block>();
const commitmentChecked = new WeakSet<Block>();
const fullyChecked = new WeakMap<Block, ConsensusParams>();

/** Transactions are looked at in lots of so many bytes: a few milliseconds of work in one step. */
const BYTES_PER_STEP = 200_000;

/** Transactions in their order, in lots that make a step each. */
function lotsOf(transactions: readonly Transaction[]): (readonly Transaction[])[] {
  const lots: (readonly Transaction[])[] = [];
  let start = 0;
  let bytes = 0;
  for (let index = 0; index < transactions.length; index++) {
    if (bytes >= BYTES_PER_STEP) {
      lots.push(transactions.slice(start, index));
      start = index;
      bytes = 0;
    }
    bytes += (transactions[index] as Transaction).totalSize;
  }
  lots.push(transactions.slice(start));
  return lots;
}

/**
 * Does `work` with all transactions, and ends with what it finds. Several lots make steps of their own: what comes before and
 * after them takes long as well then.
 */
function* inLots<T>(
  transactions: readonly Transaction[],
  work: (lot: readonly Transaction[]) => T | undefined,
): Steps<T | undefined> {
  const lots = lotsOf(transactions);
  const areMany = lots.length > 1;
  if (areMany) yield;
  const found = yield* firstFound(lots, 1, work);
  if (areMany) yield;
  return found;
}

/** The rule that a header must meet by itself: proof of work for the difficulty it claims. */
export function checkBlockHeader(header: BlockHeader, params: ConsensusParams): BlockRejection | undefined {
  if (checkProofOfWork(header.hash, header.bits, params)) return undefined;
  return reject('invalid-header', 'high-hash', 'proof of work failed');
}

/** Parts of {@link checkBlock} that a block in the making cannot pass yet (`getblocktemplate` proposals). */
export interface BlockCheckOptions {
  /** Proof of work, and on signet the block's signature. */
  readonly checkPow?: boolean;
  readonly checkMerkle?: boolean;
}

/** The rules that a block must meet by itself, in Core's order. Looks at no witness: it may still be the wrong one. */
export function checkBlock(
  block: Block,
  params: ConsensusParams,
  options: BlockCheckOptions = {},
): BlockRejection | undefined {
  return atOnce(blockCheckSteps(block, params, options));
}

/** {@link checkBlock} in steps: a large block takes longer than others should have to wait. */
export function* blockCheckSteps(
  block: Block,
  params: ConsensusParams,
  { checkPow = true, checkMerkle = true }: BlockCheckOptions = {},
): Steps<BlockRejection | undefined> {
  if (fullyChecked.get(block) === params) return undefined;
  const rejection =
    (checkPow ? (checkBlockHeader(block.header, params) ?? checkSignature(block, params)) : undefined) ??
    (checkMerkle ? yield* merkleRootSteps(block) : undefined) ??
    checkSize(block) ??
    checkCoinbase(block) ??
    (yield* checkTransactions(block)) ??
    (yield* checkSigOps(block));
  if (rejection === undefined && checkPow && checkMerkle) fullyChecked.set(block, params);
  return rejection;
}

function checkSignature(block: Block, params: ConsensusParams): BlockRejection | undefined {
  if (params.signetChallenge === undefined || checkSignetSolution(block, params)) return undefined;
  return reject('consensus', 'bad-signet-blksig', 'signet block signature validation failure');
}

function* merkleRootSteps(block: Block): Steps<BlockRejection | undefined> {
  if (merkleRootChecked.has(block)) return undefined;
  yield* inLots(block.transactions, lot => Transaction.makeTxids(lot));
  const { root, mutated } = block.merkle();
  if (!bytesEqual(root, block.header.merkleRoot)) {
    return reject('mutated', 'bad-txnmrklroot', 'hashMerkleRoot mismatch');
  }
  if (mutated) return reject('mutated', 'bad-txns-duplicate', 'duplicate transaction');
  merkleRootChecked.add(block);
  return undefined;
}

function checkSize(block: Block): BlockRejection | undefined {
  const count = block.transactions.length;
  const fits =
    count > 0 &&
    count * WITNESS_SCALE_FACTOR <= MAX_BLOCK_WEIGHT &&
    block.baseSize * WITNESS_SCALE_FACTOR <= MAX_BLOCK_WEIGHT;
  return fits ? undefined : reject('consensus', 'bad-blk-length', 'size limits failed');
}

function checkCoinbase(block: Block): BlockRejection | undefined {
  const { transactions } = block;
  if (transactions[0]?.isCoinbase !== true)
    return reject('consensus', 'bad-cb-missing', 'first tx is not coinbase');
  for (let i = 1; i < transactions.length; i++) {
    if (transactions[i]?.isCoinbase === true)
      return reject('consensus', 'bad-cb-multiple', 'more than one coinbase');
  }
  return undefined;
}

function* checkTransactions(block: Block): Steps<BlockRejection | undefined> {
  return yield* inLots(block.transactions, checkEach);
}

function checkEach(transactions: readonly Transaction[]): BlockRejection | undefined {
  for (const tx of transactions) {
    const rejection = checkTransaction(tx);
    if (rejection === undefined) continue;
    // The trailing space is Core's: there follows the detail, of which these rules have none.
    const debug = `Transaction check failed (tx hash ${hashToHex(tx.txid)}) ${rejection.debug}`;
    return reject('consensus', rejection.reason, debug);
  }
  return undefined;
}

function* checkSigOps(block: Block): Steps<BlockRejection | undefined> {
  let count = 0;
  yield* inLots(block.transactions, lot => {
    for (const tx of lot) count += legacySigOpCount(tx);
  });
  if (count * WITNESS_SCALE_FACTOR <= MAX_BLOCK_SIGOPS_COST) return undefined;
  return reject('consensus', 'bad-blk-sigops', 'out-of-bounds SigOpCount');
}

/**
 * The rules between a header and those before it, in Core's order.
 *
 * @param nowSeconds our clock, Unix seconds
 * @param lastCheckpointHeight height of the highest checkpoint in the header tree, -1 for none: below it no branch may
 *   start
 */
export function contextualCheckHeader(
  header: BlockHeader,
  prev: HeaderId,
  view: HeaderView,
  params: ConsensusParams,
  nowSeconds: number,
  lastCheckpointHeight = -1,
): BlockRejection | undefined {
  const height = view.height(prev) + 1;
  if (header.bits !== nextWorkRequired(prev, header.time, view, params)) {
    return reject('invalid-header', 'bad-diffbits', 'incorrect proof of work');
  }
  if (height < lastCheckpointHeight) return reject('checkpoint', 'bad-fork-prior-to-checkpoint');
  return checkTime(header, prev, view, params, nowSeconds) ?? checkVersion(header, height, params);
}

function checkTime(
  header: BlockHeader,
  prev: HeaderId,
  view: HeaderView,
  params: ConsensusParams,
  nowSeconds: number,
): BlockRejection | undefined {
  const { time } = header;
  if (time <= view.medianTimePast(prev)) {
    return reject('invalid-header', 'time-too-old', "block's timestamp is too early");
  }
  // BIP94: the first block of a difficulty period may not go back in time, which would make the period look long.
  const startsPeriod = (view.height(prev) + 1) % difficultyAdjustmentInterval(params) === 0;
  if (params.enforceBip94 && startsPeriod && time < view.time(prev) - MAX_TIMEWARP) {
    const debug = "block's timestamp is too early on diff adjustment block";
    return reject('invalid-header', 'time-timewarp-attack', debug);
  }
  if (time > nowSeconds + MAX_FUTURE_BLOCK_TIME) {
    return reject('time-future', 'time-too-new', 'block timestamp too far in the future');
  }
  return undefined;
}

/** Versions that went out of use with BIP34, BIP66 and BIP65. Compared as signed numbers. */
function checkVersion(
  header: BlockHeader,
  height: number,
  params: ConsensusParams,
): BlockRejection | undefined {
  const { version } = header;
  const outdated =
    (version < 2 && buriedActive('bip34', height, params)) ||
    (version < 3 && buriedActive('dersig', height, params)) ||
    (version < 4 && buriedActive('cltv', height, params));
  if (!outdated) return undefined;
  const shown = `0x${(version >>> 0).toString(16).padStart(8, '0')}`;
  return reject('invalid-header', `bad-version(${shown})`, `rejected nVersion=${shown} block`);
}

/**
 * The rules between a block and the headers before it, in Core's order. The block has passed {@link checkBlock}, its
 * header {@link contextualCheckHeader}.
 *
 * @param prev its predecessor; NO_HEADER for genesis
 */
export function contextualCheckBlock(
  block: Block,
  prev: HeaderId,
  view: HeaderView,
  params: ConsensusParams,
): BlockRejection | undefined {
  const height = prev === NO_HEADER ? 0 : view.height(prev) + 1;
  return (
    checkLockTimes(block, height, prev, view, params) ??
    checkCoinbaseHeight(block, height, params) ??
    checkWitnessMalleation(block, buriedActive('segwit', height, params)) ??
    // Only now that the coinbase's witness is known to be the right one: it could be inflated without changing the hash.
    checkWeight(block)
  );
}

function checkLockTimes(
  block: Block,
  height: number,
  prev: HeaderId,
  view: HeaderView,
  params: ConsensusParams,
): BlockRejection | undefined {
  // BIP113 came with BIP68 and BIP112.
  const useMedian = prev !== NO_HEADER && buriedActive('csv', height, params);
  const cutoff = useMedian ? view.medianTimePast(prev) : block.header.time;
  const isFinal = block.transactions.every(tx => isFinalTx(tx, height, cutoff));
  return isFinal ? undefined : reject('consensus', 'bad-txns-nonfinal', 'non-final transaction');
}

/** What a coinbase's scriptSig must start with (BIP34): the push of the block's height. */
export function coinbaseHeightScript(height: number): Uint8Array {
  return pushNumber(height);
}

function checkCoinbaseHeight(
  block: Block,
  height: number,
  params: ConsensusParams,
): BlockRejection | undefined {
  if (!buriedActive('bip34', height, params)) return undefined;
  const scriptSig = block.transactions[0]?.inputs[0]?.scriptSig;
  const wanted = coinbaseHeightScript(height);
  if (scriptSig !== undefined && bytesEqual(scriptSig.subarray(0, wanted.length), wanted)) return undefined;
  return reject('consensus', 'bad-cb-height', 'block height mismatch in coinbase');
}

function checkWeight(block: Block): BlockRejection | undefined {
  if (block.weight <= MAX_BLOCK_WEIGHT) return undefined;
  return reject('consensus', 'bad-blk-weight', 'ContextualCheckBlock : weight limit failed');
}

/**
 * BIP141: witnesses are those that the coinbase commits to; without a commitment there are none.
 *
 * @param expectCommitment whether segwit is in force
 */
function checkWitnessMalleation(block: Block, expectCommitment: boolean): BlockRejection | undefined {
  if (expectCommitment) {
    if (commitmentChecked.has(block)) return undefined;
    const index = witnessCommitmentIndex(block);
    if (index !== NO_WITNESS_COMMITMENT) return checkCommitment(block, index);
  }
  if (!block.transactions.some(tx => tx.hasWitness)) return undefined;
  return reject('mutated', 'unexpected-witness', 'CheckWitnessMalleation : unexpected witness data found');
}

function checkCommitment(block: Block, index: number): BlockRejection | undefined {
  const coinbase = defined(block.transactions[0], 'coinbase with a commitment');
  const [reservedValue, ...more] = defined(coinbase.inputs[0], 'input of the coinbase').witness;
  if (reservedValue?.length !== 32 || more.length > 0) {
    const debug = 'CheckWitnessMalleation : invalid witness reserved value size';
    return reject('mutated', 'bad-witness-nonce-size', debug);
  }
  const committed = committedHash(defined(coinbase.outputs[index], 'output with the commitment').script);
  if (!bytesEqual(witnessCommitmentHash(witnessMerkleRoot(block), reservedValue), committed)) {
    const debug = 'CheckWitnessMalleation : witness merkle commitment mismatch';
    return reject('mutated', 'bad-witness-merkle-match', debug);
  }
  commitmentChecked.add(block);
  return undefined;
}

/** Bytes of an inner node of a merkle tree: a transaction of this size can be taken for one. */
const MERKLE_NODE_SIZE = 64;

/**
 * Tells when the transactions are not those that the header commits to, so that the block says nothing about its hash:
 * a peer that sends one is to blame, and the block may be asked for elsewhere.
 *
 * @param checkWitnessRoot whether segwit is in force at the block's height
 */
export function checkMutation(block: Block, checkWitnessRoot: boolean): BlockRejection | undefined {
  return atOnce(mutationSteps(block, checkWitnessRoot));
}

/** {@link checkMutation} in steps. */
export function* mutationSteps(block: Block, checkWitnessRoot: boolean): Steps<BlockRejection | undefined> {
  const malleated = yield* merkleRootSteps(block);
  if (malleated !== undefined) return malleated;
  if (block.transactions[0]?.isCoinbase !== true) {
    return block.transactions.some(tx => tx.baseSize === MERKLE_NODE_SIZE)
      ? reject('mutated', 'bad-txnmrklroot', 'a transaction of 64 bytes may be a node of the merkle tree')
      : undefined;
  }
  if (checkWitnessRoot && !commitmentChecked.has(block)) {
    yield* inLots(block.transactions.slice(1), lot => Transaction.makeWtxids(lot));
  }
  // A coinbase of 64 bytes could be a node too, but to find one takes 2^224 hashes.
  return checkWitnessMalleation(block, checkWitnessRoot);
}
