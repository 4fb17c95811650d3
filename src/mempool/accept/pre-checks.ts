import { reject, type TxRejection } from '../../consensus/rejection.js';
import { checkTransaction } from '../../consensus/tx-check.js';
import { checkTxInputs, transactionSigOpCost } from '../../consensus/tx-verify.js';
import type { Coin } from '../../primitives/coin.js';
import { feeAt } from '../../primitives/feerate.js';
import { signalsReplaceability } from '../../primitives/sequence.js';
import type { Transaction } from '../../primitives/transaction.js';
import { STANDARD_SCRIPT_FLAGS } from '../../script/flags.js';
import { MIN_STANDARD_TX_NONWITNESS_SIZE } from '../../script/relay-limits.js';
import { ancestorsWithinLimits } from '../chain-limits.js';
import { PoolEntry } from '../entry.js';
import { areLocksOver, isFinalIn, lockPointsAtTip, nextBlock } from '../locks.js';
import { areInputsStandard, isWitnessStandard } from '../policy/inputs.js';
import {
  EXTRA_DESCENDANT_TX_SIZE_LIMIT,
  MAX_STANDARD_TX_SIGOPS_COST,
  TRUC_VERSION,
} from '../policy/limits.js';
import { spendsConflicting } from '../policy/rbf.js';
import type { ChainLimits } from '../policy/settings.js';
import { checkStandard } from '../policy/standard.js';
import { checkTruc } from '../policy/truc.js';
import { type AcceptContext, Candidate } from './candidate.js';
import type { AcceptRules } from './rules.js';

export type PreChecked =
  | { readonly candidate: Candidate }
  /** With the candidate when it came so far that its feerate is known. */
  | { readonly rejection: TxRejection; readonly refused?: Candidate };

/**
 * All checks but those of scripts and of replacement, in Core's order: what a peer makes us do for free must be cheap.
 * Has no effects.
 */
export function preCheck(tx: Transaction, rules: AcceptRules, context: AcceptContext): PreChecked {
  const formRejection = checkTransaction(tx) ?? checkLoose(tx, context) ?? checkKnown(tx, context);
  if (formRejection !== undefined) return { rejection: formRejection };
  const conflicts = findConflicts(tx, rules, context);
  if ('rejection' in conflicts) return conflicts;
  const spent = findCoins(tx, context);
  if ('rejection' in spent) return spent;
  const made = makeCandidate(tx, spent.coins, conflicts.conflicts, rules, context);
  if ('rejection' in made) return made;
  const { candidate } = made;
  const rejection =
    checkOwnFee(candidate, rules, context) ??
    findAncestors(candidate, rules, context) ??
    checkTopology(candidate, rules);
  return rejection === undefined ? { candidate } : { rejection, refused: candidate };
}

/** What blocks may have but loose transactions not. */
function checkLoose(tx: Transaction, { store, modules }: AcceptContext): TxRejection | undefined {
  if (tx.isCoinbase) return reject('consensus', 'coinbase');
  const { options } = store;
  const nonStandard = options.requireStandard ? checkStandard(tx, options) : undefined;
  if (nonStandard !== undefined) return nonStandard;
  if (tx.baseSize < MIN_STANDARD_TX_NONWITNESS_SIZE) return reject('not-standard', 'tx-size-small');
  return isFinalIn(tx, nextBlock(modules.chain)) ? undefined : reject('premature-spend', 'non-final');
}

function checkKnown(tx: Transaction, { store }: AcceptContext): TxRejection | undefined {
  if (store.graph.getByWtxid(tx.wtxidKey) !== undefined) return reject('conflict', 'txn-already-in-mempool');
  if (store.graph.has(tx.txidKey)) return reject('conflict', 'txn-same-nonwitness-data-in-mempool');
  return undefined;
}

/** Entries that spend what `tx` spends, if each of them may be replaced. */
function findConflicts(
  tx: Transaction,
  rules: AcceptRules,
  { store }: AcceptContext,
): { readonly conflicts: Set<PoolEntry> } | { readonly rejection: TxRejection } {
  const conflicts = new Set<PoolEntry>();
  for (let i = 0; i < tx.inputCount; i++) {
    const conflict = store.graph.spender(tx.prevoutKey(i));
    if (conflict === undefined) continue;
    if (!rules.allowReplacement)
      return { rejection: reject('mempool-policy', 'bip125-replacement-disallowed') };
    // Signalling through an ancestor, as BIP125 has it, does not count (CVE-2021-31876).
    const replaceable =
      store.options.fullRbf || conflict.tx.version === TRUC_VERSION || signalsReplaceability(conflict.tx);
    if (!replaceable) return { rejection: reject('mempool-policy', 'txn-mempool-conflict') };
    conflicts.add(conflict);
  }
  return { conflicts };
}

/** Outputs that are looked up to tell a transaction that is in the chain already from an orphan: lookups cost time. */
const MAX_KNOWN_OUTPUT_LOOKUPS = 16;

function findCoins(
  tx: Transaction,
  { coins }: AcceptContext,
): { readonly coins: readonly Coin[] } | { readonly rejection: TxRejection } {
  const found: Coin[] = [];
  for (const { prevout } of tx.inputs) {
    const coin = coins.get(prevout);
    if (coin === undefined) return { rejection: missingInput(tx, coins) };
    found.push(coin);
  }
  return { coins: found };
}

function missingInput(tx: Transaction, coins: AcceptContext['coins']): TxRejection {
  const lookups = Math.min(tx.outputCount, MAX_KNOWN_OUTPUT_LOOKUPS);
  for (let vout = 0; vout < lookups; vout++) {
    if (coins.confirmed({ txid: tx.txid, vout }) !== undefined)
      return reject('conflict', 'txn-already-known');
  }
  return reject('missing-inputs', 'bad-txns-inputs-missingorspent');
}

/** Checks the transaction against its coins and sizes it. */
function makeCandidate(
  tx: Transaction,
  spent: readonly Coin[],
  conflicts: Set<PoolEntry>,
  rules: AcceptRules,
  { store, modules }: AcceptContext,
): PreChecked {
  const { chain } = modules;
  const { options } = store;
  const lockPoints = lockPointsAtTip(tx, spent, chain);
  if (!areLocksOver(lockPoints, nextBlock(chain)))
    return { rejection: reject('premature-spend', 'non-BIP68-final') };
  const inputs = checkTxInputs(tx, spent, chain.height + 1);
  if ('rejection' in inputs) return inputs;
  if (options.requireStandard && !areInputsStandard(tx, spent))
    return { rejection: reject('inputs-not-standard', 'bad-txns-nonstandard-inputs') };
  if (options.requireStandard && tx.hasWitness && !isWitnessStandard(tx, spent))
    return { rejection: reject('witness-mutated', 'bad-witness-nonstandard') };
  const sigOpCost = transactionSigOpCost(tx, spent, STANDARD_SCRIPT_FLAGS);
  const entry = new PoolEntry({
    tx,
    fee: inputs.fee,
    feeDelta: store.delta(tx.txidKey),
    sigOpCost,
    bytesPerSigOp: options.bytesPerSigOp,
    time: rules.time,
    height: chain.height,
    // What comes back from a block counts as older than the descendants that stayed.
    sequence: rules.bypassLimits ? 0 : store.sequence,
    spendsCoinbase: spent.some(coin => coin.coinbase),
    lockPoints,
  });
  const candidate = new Candidate(entry, spent, conflicts);
  if (sigOpCost > MAX_STANDARD_TX_SIGOPS_COST) {
    const rejection = reject('not-standard', 'bad-txns-too-many-sigops', `${sigOpCost}`);
    return { rejection, refused: candidate };
  }
  return { candidate };
}

/**
 * The feerates that a transaction must have by itself. Below the relay feerate nothing enters even in a package, since
 * the child that pays for it could go again; version 3 makes sure that it does not.
 */
function checkOwnFee(
  { entry }: Candidate,
  rules: AcceptRules,
  context: AcceptContext,
): TxRejection | undefined {
  if (rules.bypassLimits) return undefined;
  const relayFee = feeAt(context.store.options.minRelayFeeRate, entry.vsize);
  if (entry.tx.version !== TRUC_VERSION && entry.modifiedFee < relayFee)
    return reject('mempool-policy', 'min relay fee not met', `${entry.modifiedFee} < ${relayFee}`);
  return rules.packageFeeRates ? undefined : checkFeeRate(entry.modifiedFee, entry.vsize, context);
}

/** The feerates that a transaction or a package must have as a whole. */
export function checkFeeRate(fees: number, vsize: number, { store }: AcceptContext): TxRejection | undefined {
  const poolFee = feeAt(store.rollingFeeRate, vsize);
  if (poolFee > 0 && fees < poolFee)
    return reject('reconsiderable', 'mempool min fee not met', `${fees} < ${poolFee}`);
  const relayFee = feeAt(store.options.minRelayFeeRate, vsize);
  if (fees < relayFee) return reject('reconsiderable', 'min relay fee not met', `${fees} < ${relayFee}`);
  return undefined;
}

/** Finds the ancestors and checks that nobody gets too many relatives. */
function findAncestors(
  candidate: Candidate,
  rules: AcceptRules,
  { store }: AcceptContext,
): TxRejection | undefined {
  const { tx, entry } = candidate;
  const limits = limitsWithConflict(candidate, rules, store.options.limits);
  const first = ancestorsWithinLimits(store.graph, tx, entry.vsize, limits);
  if ('ancestors' in first) {
    candidate.ancestors = first.ancestors;
    return undefined;
  }
  const rejection = reject('mempool-policy', 'too-long-mempool-chain', first.error);
  const mayCarveOut =
    rules.allowCarveOuts && entry.vsize <= EXTRA_DESCENDANT_TX_SIZE_LIMIT && tx.version !== TRUC_VERSION;
  if (!mayCarveOut) return rejection;
  // CPFP carve-out: one more child for a parent without parents, so that both sides of a contract can pay.
  const carveOut = {
    ...limits,
    ancestorCount: 2,
    descendantCount: limits.descendantCount + 1,
    descendantSize: limits.descendantSize + EXTRA_DESCENDANT_TX_SIZE_LIMIT,
  };
  const second = ancestorsWithinLimits(store.graph, tx, entry.vsize, carveOut);
  if (!('ancestors' in second)) return rejection;
  candidate.ancestors = second.ancestors;
  return undefined;
}

/**
 * A replacement of one entry takes its place among the parents' descendants, so that entry does not count. With more
 * conflicts that could not be told without trying; those must fit beside what they replace.
 */
function limitsWithConflict(candidate: Candidate, rules: AcceptRules, limits: ChainLimits): ChainLimits {
  const [conflict] = candidate.conflicts;
  if (!rules.allowCarveOuts || conflict === undefined || candidate.conflicts.size !== 1) return limits;
  return {
    ...limits,
    descendantCount: limits.descendantCount + 1,
    descendantSize: limits.descendantSize + conflict.descendantSize,
  };
}

function checkTopology(candidate: Candidate, rules: AcceptRules): TxRejection | undefined {
  const { tx, entry, ancestors, conflicts } = candidate;
  const violation = checkTruc(tx, entry.vsize, ancestors, conflicts);
  if (violation !== undefined) {
    if (!rules.allowSiblingEviction || violation.sibling === undefined)
      return reject('mempool-policy', 'TRUC-violation', violation.error);
    conflicts.add(violation.sibling);
    candidate.evictsSibling = true;
  }
  const error = spendsConflicting(tx, ancestors, conflicts);
  return error === undefined ? undefined : reject('consensus', 'bad-txns-spends-conflicting-tx', error);
}
