import type { Block } from '../../src/primitives/block.js';
import { type OutPointKey, outPointFromKey, outPointKey } from '../../src/primitives/outpoint.js';
import type { Transaction } from '../../src/primitives/transaction.js';
import { ANYONE_CAN_SPEND, buildBlock, buildEmptyBlocks, buildSpend, REGTEST } from './chain-builder.js';

/** Unspent outputs by their key, with amount, height and whether a coinbase made them. */
export type NaiveCoins = Map<OutPointKey, { value: number; height: number; coinbase: boolean }>;

/** A block of a forest, whose place in the array is its number. */
export interface ForestBlock {
  readonly block: Block;
  /** Number of the predecessor; -1 for the top of the trunk. */
  readonly parent: number;
  readonly height: number;
  /** It breaks a rule that needs coins. */
  readonly broken: boolean;
}

export interface Forest {
  /** Blocks 1 to 105 on top of genesis, whose first coinbases have matured. */
  readonly trunk: readonly Block[];
  readonly blocks: readonly ForestBlock[];
}

const TRUNK_HEIGHT = 105;

/** A small generator of numbers, so that forests are the same every time. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Coins after a path of blocks, from genesis on: the definition, without any shortcut. */
export function naiveCoins(path: readonly Block[]): NaiveCoins {
  const coins: NaiveCoins = new Map();
  path.forEach((block, index) => {
    for (const tx of block.transactions) {
      if (!tx.isCoinbase) for (let i = 0; i < tx.inputCount; i++) coins.delete(tx.prevoutKey(i));
      tx.outputs.forEach(({ value }, vout) => {
        coins.set(outPointKey(tx.txid, vout), { value, height: index + 1, coinbase: tx.isCoinbase });
      });
    }
  });
  return coins;
}

/** Blocks from height 1 to forest block `index`. */
export function pathTo({ trunk, blocks }: Forest, index: number): Block[] {
  const path: Block[] = [];
  for (let at = blocks[index]; at !== undefined; at = blocks[at.parent]) path.unshift(at.block);
  return [...trunk, ...path];
}

/** Numbers of the forest blocks from the trunk to `index`. */
export function branchOf({ blocks }: Forest, index: number): number[] {
  const branch: number[] = [];
  for (let at = index; at >= 0; at = blocks[at]?.parent ?? -1) branch.unshift(at);
  return branch;
}

/** Grows branches on top of a trunk: blocks spend coins of their own branch, and some break a rule. */
export function growForest(seed: number, count: number): Forest {
  const random = randomNumbers(seed);
  const trunk = buildEmptyBlocks(REGTEST.genesis, 0, TRUNK_HEIGHT);
  const blocks: ForestBlock[] = [];
  const forest: Forest = { trunk, blocks };
  for (let index = 0; index < count; index++) {
    const parent = random(4) === 0 ? random(index + 1) - 1 : index - 1 - random(Math.min(index + 1, 4));
    const height = (blocks[parent]?.height ?? TRUNK_HEIGHT) + 1;
    const prev = blocks[parent]?.block ?? (trunk.at(-1) as Block);
    const broken = random(7) === 0;
    const coins = naiveCoins(pathTo(forest, parent));
    const transactions = spendSome(coins, height, random);
    const first = transactions[0];
    // Either a coin is spent twice, or the coinbase takes too much.
    if (broken && first !== undefined) transactions.push(repeatSpend(first));
    const reward = broken && first === undefined ? 51e8 : 50e8;
    blocks.push({
      block: buildBlock({ prev, height, transactions, tag: index + 1, reward }),
      parent,
      height,
      broken,
    });
  }
  return forest;
}

function spendSome(coins: NaiveCoins, height: number, random: (below: number) => number): Transaction[] {
  const transactions: Transaction[] = [];
  const spendable = [...coins].filter(([, coin]) => !coin.coinbase || height - coin.height >= 100);
  for (let left = random(4); left > 0 && spendable.length > 0; left--) {
    const [[key, { value }]] = spendable.splice(random(spendable.length), 1) as [(typeof spendable)[number]];
    const half = Math.floor(value / 2);
    const tx = buildSpend(
      [outPointFromKey(key)],
      [
        { value: half, script: ANYONE_CAN_SPEND },
        { value: value - half, script: ANYONE_CAN_SPEND },
      ],
    );
    transactions.push(tx);
    // What was just made may be spent in the same block.
    spendable.push([outPointKey(tx.txid, 1), { value: value - half, height, coinbase: false }]);
  }
  return transactions;
}

function repeatSpend(tx: Transaction): Transaction {
  return buildSpend([outPointFromKey(tx.prevoutKey(0))], [{ value: 1, script: ANYONE_CAN_SPEND }]);
}
