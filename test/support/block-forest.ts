import { chainParams } from '../../src/consensus/networks.js';
import type { ChainParams } from '../../src/consensus/params.js';
import { sha256 } from '../../src/crypto/hash.js';
import type { Block } from '../../src/primitives/block.js';
import { concatBytes } from '../../src/primitives/bytes.js';
import type { Coin } from '../../src/primitives/coin.js';
import { outPointFromKey, outPointKey } from '../../src/primitives/outpoint.js';
import type { Transaction, TxOutput } from '../../src/primitives/transaction.js';
import { p2pkh, p2wsh } from '../../src/script/templates.js';
import { ANYONE_CAN_SPEND, buildBlock, buildEmptyBlocks, buildSpend, REGTEST } from './chain-builder.js';
import { type NaiveCoins, naiveCoins } from './naive-coins.js';

/** Regtest where coinbases need not tell their height, so that one may come twice (BIP30 and BIP34). */
export const FOREST_PARAMS: ChainParams = chainParams('regtest', { activationHeights: { bip34: 100_000 } });

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

/** Anybody may spend it, by showing the script in the witness. */
const WITNESS_SCRIPT = p2wsh(sha256(ANYONE_CAN_SPEND));

/** Stays unspent, and is stored in a form of its own. */
const KEY_HASH_SCRIPT = p2pkh(new Uint8Array(20).fill(7));

/** Outputs that are no coins. */
const DATA_SCRIPT = Uint8Array.of(0x6a, 2, 1, 2);
const HUGE_SCRIPT = new Uint8Array(10_001).fill(0x51);

type Random = (below: number) => number;

/** A small generator of numbers, so that forests are the same every time. */
function randomNumbers(seed: number): Random {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
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

/** Numbers of the blocks that break no rule and build on none that does, the highest first. */
export function goodBlocks(forest: Forest): number[] {
  const height = (index: number) => forest.blocks[index]?.height ?? 0;
  return forest.blocks
    .map((_, index) => index)
    .filter(index => branchOf(forest, index).every(at => forest.blocks[at]?.broken === false))
    .sort((a, b) => height(b) - height(a));
}

/**
 * Grows branches on top of a trunk. Blocks spend coins of their own branch, with and without witnesses, some of them made
 * in the same block, and make outputs that can and cannot be spent; some repeat a coinbase whose output is spent, so that
 * a coin comes back under its old name; and some break a rule. For chains with {@link FOREST_PARAMS}.
 */
export function growForest(seed: number, count: number): Forest {
  const random = randomNumbers(seed);
  const trunk = buildEmptyBlocks(REGTEST.genesis, 0, TRUNK_HEIGHT);
  const blocks: ForestBlock[] = [];
  const forest: Forest = { trunk, blocks };
  for (let index = 0; index < count; index++) {
    const parent = random(4) === 0 ? random(index + 1) - 1 : index - 1 - random(Math.min(index + 1, 4));
    const height = (blocks[parent]?.height ?? TRUNK_HEIGHT) + 1;
    const prev = blocks[parent]?.block ?? (trunk.at(-1) as Block);
    const path = pathTo(forest, parent);
    const coins = naiveCoins(path);
    // Times differ too: with a coinbase that was there before, blocks on top of one could be the same.
    const place = { prev, height, tag: index + 1, time: prev.header.time + 1 + index };
    blocks.push({ parent, height, ...growBlock(place, path, coins, random) });
  }
  return forest;
}

interface Place {
  readonly prev: Block;
  readonly height: number;
  readonly tag: number;
  readonly time: number;
}

function growBlock(
  place: Place,
  path: readonly Block[],
  coins: NaiveCoins,
  random: Random,
): { block: Block; broken: boolean } {
  const transactions = spendSome(coins, place.height, random);
  const first = transactions[0];
  switch (random(12)) {
    case 0:
      // Either a coin is spent twice, or the coinbase takes too much.
      if (first === undefined) return { block: buildBlock({ ...place, reward: 51e8 }), broken: true };
      return {
        block: buildBlock({ ...place, transactions: [...transactions, repeatSpend(first)] }),
        broken: true,
      };
    case 1:
      // A coinbase takes the place of one that nobody has spent.
      return { block: buildBlock({ ...place, coinbase: coinbaseOf(path, random) }), broken: true };
    case 2:
    case 3:
    case 4: {
      const spent = path.map(block => block.transactions[0] as Transaction).filter(tx => isSpent(tx, coins));
      const coinbase = spent[random(spent.length)];
      if (coinbase === undefined) break;
      return { block: buildBlock({ ...place, coinbase }), broken: false };
    }
  }
  return { block: buildBlock({ ...place, transactions }), broken: false };
}

function isSpent(tx: Transaction, coins: NaiveCoins): boolean {
  return tx.outputs.every((_, vout) => !coins.has(outPointKey(tx.txid, vout)));
}

/** The coinbase of one of the last blocks, which has not matured. */
function coinbaseOf(path: readonly Block[], random: Random): Transaction {
  return path[path.length - 1 - random(5)]?.transactions[0] as Transaction;
}

function spendSome(coins: NaiveCoins, height: number, random: Random): Transaction[] {
  const transactions: Transaction[] = [];
  const spendable = [...coins].filter(([, coin]) => isSpendable(coin, height));
  for (let left = random(4); left > 0 && spendable.length > 0; left--) {
    const inputs = Array.from({ length: 1 + random(2) }, () => spendable.splice(random(spendable.length), 1))
      .flat()
      .map(([key, coin]) => ({ prevout: outPointFromKey(key), coin }));
    const value = inputs.reduce((sum, { coin }) => sum + coin.value, 0);
    const outputs = splitValue(value, random);
    const tx = buildSpend(
      inputs.map(({ prevout }) => prevout),
      outputs,
      {
        witnesses: inputs.map(({ coin }) =>
          coin.script === ANYONE_CAN_SPEND || coin.script.length === 1 ? [] : [ANYONE_CAN_SPEND],
        ),
      },
    );
    transactions.push(tx);
    // What was just made may be spent in the same block.
    outputs.forEach(({ script }, vout) => {
      const coin = { value: outputs[vout]?.value ?? 0, script, height, coinbase: false };
      if (isSpendable(coin, height)) spendable.push([outPointKey(tx.txid, vout), coin]);
    });
  }
  return transactions;
}

function isSpendable({ script, coinbase, height, value }: Coin, atHeight: number): boolean {
  const known = script.length === 1 || script.length === WITNESS_SCRIPT.length;
  return known && value > 1000 && (!coinbase || atHeight - height >= 100);
}

function splitValue(value: number, random: Random): TxOutput[] {
  const half = Math.floor(value / 2);
  const third = [
    DATA_SCRIPT,
    KEY_HASH_SCRIPT,
    concatBytes(Uint8Array.of(random(200)), KEY_HASH_SCRIPT),
    HUGE_SCRIPT,
  ];
  return [
    { value: half, script: random(2) === 0 ? WITNESS_SCRIPT : ANYONE_CAN_SPEND },
    { value: value - half - 1, script: ANYONE_CAN_SPEND },
    { value: 1, script: third[random(random(4) === 0 ? 4 : 3)] ?? DATA_SCRIPT },
  ];
}

function repeatSpend(tx: Transaction): Transaction {
  return buildSpend([outPointFromKey(tx.prevoutKey(0))], [{ value: 1, script: ANYONE_CAN_SPEND }]);
}
