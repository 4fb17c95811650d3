import type { LabState } from '../state/lab-state.js';
import { ask, bestNode } from './find.js';
import type { LabApi } from './lab-api.js';
import { listOf, numberOf, objectOf, textOf } from './shape.js';

/** Blocks from the tip down that are looked through for what has no index: each is a call to the node. */
export const MAX_SEARCHED_BLOCKS = 100;

export interface TxInput {
  /** Undefined for a coinbase. */
  readonly txid: string | undefined;
  readonly vout: number | undefined;
  readonly address: string | undefined;
  /** Bitcoins. */
  readonly value: number | undefined;
}

export interface TxOutput {
  readonly n: number;
  readonly value: number;
  readonly address: string | undefined;
  readonly type: string;
}

export interface Transaction {
  readonly txid: string;
  readonly vsize: number;
  readonly inputs: readonly TxInput[];
  readonly outputs: readonly TxOutput[];
  /** Bitcoins, where the node tells it. */
  readonly fee: number | undefined;
  readonly block: { readonly hash: string; readonly confirmations: number } | undefined;
}

export interface Block {
  readonly hash: string;
  readonly height: number;
  readonly time: number;
  readonly medianTime: number;
  readonly parent: string | undefined;
  readonly next: string | undefined;
  /** -1 off the node's chain. */
  readonly confirmations: number;
  readonly size: number;
  readonly weight: number;
  readonly version: string;
  readonly bits: string;
  readonly nonce: number;
  readonly merkleRoot: string;
  readonly transactions: readonly Transaction[];
  /** Whose view this is. */
  readonly node: number;
}

export interface AddressHistory {
  readonly coins: readonly {
    readonly txid: string;
    readonly vout: number;
    readonly value: number;
    readonly height: number;
  }[];
  readonly total: number;
  /** From the newest; `change` is what the address gained or lost, in bitcoins. */
  readonly transactions: readonly {
    readonly txid: string;
    readonly height: number;
    readonly change: number;
  }[];
  readonly searched: { readonly low: number; readonly high: number };
  readonly node: number;
}

const HASH = /^[0-9a-f]{64}$/;

/** A node that has this block and runs, or else the best one. */
function holderOf(state: LabState, hash: string): number | undefined {
  const holders = [...(state.tree.get(hash)?.seenBy ?? [])].filter(
    node => state.nodes[node]?.running === true,
  );
  return holders[0] ?? bestNode(state);
}

/** @returns undefined when no running node has it @throws CommandFailed */
export async function loadBlock(api: LabApi, state: LabState, hash: string): Promise<Block | undefined> {
  if (!HASH.test(hash)) return undefined;
  const node = holderOf(state, hash);
  const answer = objectOf(await ask(api, node, 'getblock', [hash, 3]));
  if (node === undefined || textOf(answer.hash) === undefined) return undefined;
  return {
    hash,
    height: numberOf(answer.height) ?? 0,
    time: numberOf(answer.time) ?? 0,
    medianTime: numberOf(answer.mediantime) ?? 0,
    parent: textOf(answer.previousblockhash),
    next: textOf(answer.nextblockhash),
    confirmations: numberOf(answer.confirmations) ?? 0,
    size: numberOf(answer.size) ?? 0,
    weight: numberOf(answer.weight) ?? 0,
    version: textOf(answer.versionHex) ?? '',
    bits: textOf(answer.bits) ?? '',
    nonce: numberOf(answer.nonce) ?? 0,
    merkleRoot: textOf(answer.merkleroot) ?? '',
    transactions: listOf(answer.tx).map(transactionOf),
    node,
  };
}

/**
 * A transaction from a mempool, from the block that the page saw it confirmed in, or from one of the last blocks.
 *
 * @returns undefined when it is in none of them @throws CommandFailed
 */
export async function loadTransaction(
  api: LabApi,
  state: LabState,
  txid: string,
): Promise<Transaction | undefined> {
  if (!HASH.test(txid)) return undefined;
  const steps = state.transactions.get(txid)?.steps ?? [];
  const last = steps.findLast(({ block }) => block !== undefined);
  if (last?.block !== undefined && last.kind === 'confirmed') {
    const found = await ask(api, last.node, 'getrawtransaction', [txid, 2, last.block.hash]);
    if (found !== undefined) return transactionOf(found);
  }
  const holders = steps.map(({ node }) => node);
  const node = holders.find(holder => state.nodes[holder]?.mempool.has(txid)) ?? bestNode(state);
  const found = await ask(api, node, 'getrawtransaction', [txid, 2]);
  if (found !== undefined) return transactionOf(found);
  return searchBlocks(api, bestNode(state), txid);
}

async function searchBlocks(
  api: LabApi,
  node: number | undefined,
  txid: string,
): Promise<Transaction | undefined> {
  let hash = textOf(await ask(api, node, 'getbestblockhash', []));
  for (let searched = 0; hash !== undefined && searched < MAX_SEARCHED_BLOCKS; searched++) {
    const block = objectOf(await ask(api, node, 'getblock', [hash, 1]));
    if (listOf(block.tx).includes(txid)) {
      const found = await ask(api, node, 'getrawtransaction', [txid, 2, hash]);
      return found === undefined ? undefined : transactionOf(found);
    }
    hash = textOf(block.previousblockhash);
  }
  return undefined;
}

/** Coins of an address now, and its transactions in the last blocks. @throws CommandFailed */
export async function loadAddress(
  api: LabApi,
  state: LabState,
  address: string,
): Promise<AddressHistory | undefined> {
  const node = bestNode(state);
  if (node === undefined) return undefined;
  const coins = objectOf(
    await api.call('rpc', { node, method: 'scantxoutset', params: ['start', [`addr(${address})`]] }),
  );
  const high = numberOf(coins.height) ?? 0;
  const transactions: AddressHistory['transactions'][number][] = [];
  let hash = textOf(await ask(api, node, 'getbestblockhash', []));
  let low = high + 1;
  while (hash !== undefined && high - low + 1 < MAX_SEARCHED_BLOCKS) {
    const block = objectOf(await ask(api, node, 'getblock', [hash, 3]));
    const height = numberOf(block.height) ?? 0;
    for (const transaction of listOf(block.tx).map(transactionOf)) {
      const change = changeOf(transaction, address);
      if (change !== undefined) transactions.push({ txid: transaction.txid, height, change });
    }
    low = height;
    hash = textOf(block.previousblockhash);
  }
  return {
    coins: listOf(coins.unspents)
      .map(objectOf)
      .map(coin => ({
        txid: textOf(coin.txid) ?? '',
        vout: numberOf(coin.vout) ?? 0,
        value: numberOf(coin.amount) ?? 0,
        height: numberOf(coin.height) ?? 0,
      })),
    total: numberOf(coins.total_amount) ?? 0,
    transactions,
    searched: { low: Math.min(low, high), high },
    node,
  };
}

/** What a transaction gives an address and takes from it; undefined when it has nothing to do with it. */
function changeOf({ inputs, outputs }: Transaction, address: string): number | undefined {
  const spent = inputs.filter(input => input.address === address);
  const gained = outputs.filter(output => output.address === address);
  if (spent.length + gained.length === 0) return undefined;
  const sum = (values: readonly { readonly value: number | undefined }[]) =>
    values.reduce((total, { value }) => total + (value ?? 0), 0);
  return Math.round((sum(gained) - sum(spent)) * 1e8) / 1e8;
}

function transactionOf(answer: unknown): Transaction {
  const told = objectOf(answer);
  const blockHash = textOf(told.blockhash);
  return {
    txid: textOf(told.txid) ?? '',
    vsize: numberOf(told.vsize) ?? 0,
    inputs: listOf(told.vin).map(objectOf).map(inputOf),
    outputs: listOf(told.vout).map(objectOf).map(outputOf),
    fee: numberOf(told.fee),
    block:
      blockHash === undefined
        ? undefined
        : { hash: blockHash, confirmations: numberOf(told.confirmations) ?? 0 },
  };
}

function inputOf(input: Readonly<Record<string, unknown>>): TxInput {
  const prevout = objectOf(input.prevout);
  return {
    txid: textOf(input.txid),
    vout: numberOf(input.vout),
    address: textOf(objectOf(prevout.scriptPubKey).address),
    value: numberOf(prevout.value),
  };
}

function outputOf(output: Readonly<Record<string, unknown>>): TxOutput {
  const script = objectOf(output.scriptPubKey);
  return {
    n: numberOf(output.n) ?? 0,
    value: numberOf(output.value) ?? 0,
    address: textOf(script.address),
    type: textOf(script.type) ?? '',
  };
}
