import type { Transaction } from '../primitives/transaction.js';

/**
 * What Core would count as the memory of its mempool on a 64-bit machine. The estimate decides what -maxmempool lets
 * in, so it follows Core's structures and not ours: the same transactions are evicted at the same limit.
 */

/** Bytes that the C library takes for an allocation. */
function malloc(size: number): number {
  return size === 0 ? 0 : (size + 31) & ~15;
}

const POINTER = 8;
const TREE_NODE = 4 * POINTER;
const VECTOR = 3 * POINTER;
/** Shared pointer with its counters. */
const SHARED_POINTER = 2 * POINTER;
const SHARED_COUNTER = 3 * POINTER;

const TRANSACTION = 128;
const INPUT = 104;
const OUTPUT = 40;
/** Scripts up to this size lie inside the input or output. */
const INLINE_SCRIPT = 28;
const ENTRY = 272;
/** Pointers that the indexes over all entries cost each. */
const INDEX_POINTERS = 15;

const ENTRY_USAGE = malloc(ENTRY + INDEX_POINTERS * POINTER);
const SPEND_USAGE = malloc(TREE_NODE + 2 * POINTER);
const DELTA_USAGE = malloc(TREE_NODE + 32 + 8);
/** One direction of a link between parent and child. */
export const LINK_USAGE = malloc(TREE_NODE + POINTER);

function scriptUsage(script: Uint8Array): number {
  return script.length <= INLINE_SCRIPT ? 0 : malloc(script.length);
}

/** Bytes of one transaction held in memory. */
export function transactionUsage(tx: Transaction): number {
  let usage = malloc(TRANSACTION) + malloc(SHARED_COUNTER);
  usage += malloc(tx.inputCount * INPUT) + malloc(tx.outputCount * OUTPUT);
  for (const { scriptSig, witness } of tx.inputs) {
    usage += scriptUsage(scriptSig) + malloc(witness.length * VECTOR);
    for (const item of witness) usage += malloc(item.length);
  }
  for (const { script } of tx.outputs) usage += scriptUsage(script);
  return usage;
}

export interface UsageCounts {
  readonly entries: number;
  /** Outpoints that entries spend. */
  readonly spends: number;
  readonly deltas: number;
  /** Places in the list of all transactions, used or not. */
  readonly listCapacity: number;
  /** Sum of the entries' transactions and links. */
  readonly inner: number;
}

/** Bytes of the whole mempool. */
export function poolUsage(counts: UsageCounts): number {
  return (
    counts.entries * ENTRY_USAGE +
    counts.spends * SPEND_USAGE +
    counts.deltas * DELTA_USAGE +
    malloc(counts.listCapacity * SHARED_POINTER) +
    counts.inner
  );
}

const LIST_NODE = malloc(2 * POINTER + SHARED_POINTER);
const HASH_MAP_NODE = malloc(POINTER + 32 + POINTER);
const BUCKET = POINTER;

/** Bytes of a queue of disconnected transactions beside the transactions themselves. */
export function queueUsage(count: number): number {
  return count * (LIST_NODE + HASH_MAP_NODE) + malloc(count * BUCKET);
}
