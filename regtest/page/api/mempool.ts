import type { LabApi } from './lab-api.js';
import { listOf, numberOf, objectOf, textOf } from './shape.js';

/** A transaction of a mempool. */
export interface PooledTransaction {
  readonly txid: string;
  /** Satoshis. */
  readonly fee: number;
  /** Virtual bytes. */
  readonly vsize: number;
  /** Satoshis per virtual byte. */
  readonly rate: number;
  /** When it came, in Unix seconds. */
  readonly time: number;
  readonly ancestors: number;
  readonly descendants: number;
}

/** The block that the node would mine now. */
export interface NextBlock {
  readonly height: number;
  readonly txids: ReadonlySet<string>;
  /** Satoshis. */
  readonly fees: number;
  readonly weight: number;
  readonly weightLimit: number;
}

export interface Pool {
  /** The best paying first. */
  readonly transactions: readonly PooledTransaction[];
  readonly next: NextBlock | undefined;
}

const SATOSHIS = 1e8;

/** @throws CommandFailed */
export async function loadPool(api: LabApi, node: number): Promise<Pool> {
  const [pool, template] = await Promise.all([
    api.call('rpc', { node, method: 'getrawmempool', params: [true] }),
    api.call('rpc', { node, method: 'getblocktemplate', params: [{ rules: ['segwit'] }] }),
  ]);
  const transactions = Object.entries(objectOf(pool)).map(([txid, entry]) => pooled(txid, objectOf(entry)));
  transactions.sort((a, b) => b.rate - a.rate);
  return { transactions, next: nextBlock(objectOf(template)) };
}

function pooled(txid: string, entry: Readonly<Record<string, unknown>>): PooledTransaction {
  const fee = Math.round((numberOf(objectOf(entry.fees).base) ?? 0) * SATOSHIS);
  const vsize = numberOf(entry.vsize) ?? 1;
  return {
    txid,
    fee,
    vsize,
    rate: fee / vsize,
    time: numberOf(entry.time) ?? 0,
    ancestors: (numberOf(entry.ancestorcount) ?? 1) - 1,
    descendants: (numberOf(entry.descendantcount) ?? 1) - 1,
  };
}

function nextBlock(template: Readonly<Record<string, unknown>>): NextBlock | undefined {
  const height = numberOf(template.height);
  if (height === undefined) return undefined;
  const transactions = listOf(template.transactions).map(objectOf);
  const sum = (field: string) =>
    transactions.reduce((total, transaction) => total + (numberOf(transaction[field]) ?? 0), 0);
  return {
    height,
    txids: new Set(transactions.map(({ txid }) => textOf(txid) ?? '')),
    fees: sum('fee'),
    weight: sum('weight'),
    weightLimit: numberOf(template.weightlimit) ?? 4_000_000,
  };
}
