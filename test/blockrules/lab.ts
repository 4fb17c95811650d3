import type { Transaction } from '../../src/primitives/transaction.js';
import { defined } from '../../src/runtime/errors.js';
import { COIN, COINBASE_MATURITY, MAX_BASE_SIZE } from './constants.js';
import {
  BlockBuilder,
  type BlockPlan,
  type BuiltBlock,
  type CoinbasePlan,
  GENESIS,
  subsidyAt,
} from './generator.js';
import { open, outputOf, type Spendable, spend, type TxOptions, type Unlock } from './transactions.js';

/** Options of a node that change its rules. */
export interface Rules {
  readonly name: string;
  readonly args: readonly string[];
}

/** Regtest as it is: all forks in force from the first block on. */
export const DEFAULT_RULES: Rules = { name: 'regtest', args: [] };

/** Height of the last block that all cases share. */
export const TRUNK_HEIGHT = 112;
/** Outputs of one coin that every case finds in the trunk, which anybody may spend. */
const OPEN_COINS = 49;
/** The trunk's coinbase of this height has two outputs. */
export const SPLIT_COINBASE_HEIGHT = 4;
const TRUNK_SPACING = 600;
/** Seconds from the trunk's last block to the node's time. */
const TIME_SINCE_TRUNK = 1200;

/** The chain that all cases build on. */
export interface Trunk {
  /** From height 1. */
  readonly blocks: readonly BuiltBlock[];
  readonly tip: BuiltBlock;
  readonly coins: readonly Spendable[];
}

export const TRUNK: Trunk = growTrunk();

/** Seconds since 1970: what the nodes take for the time unless a case says otherwise. */
export const NOW = TRUNK.tip.header.time + TIME_SINCE_TRUNK;

function growTrunk(): Trunk {
  const builder = new BlockBuilder(1);
  const blocks: BuiltBlock[] = [];
  let fanOut: Transaction | undefined;
  for (let height = 1; height <= TRUNK_HEIGHT; height++) {
    const parent = blocks.at(-1) ?? GENESIS;
    const header = { time: parent.header.time + TRUNK_SPACING };
    const transactions: Transaction[] = [];
    if (height === TRUNK_HEIGHT) {
      fanOut = spend(
        [coinbaseOf(blocks[0])],
        Array.from({ length: OPEN_COINS }, () => open(COIN)),
      );
      transactions.push(fanOut);
    }
    const half = subsidyAt(height) / 2;
    const coinbase: CoinbasePlan =
      height === SPLIT_COINBASE_HEIGHT ? { outputs: [open(half), open(half)] } : {};
    blocks.push(builder.on(parent, { header, transactions, coinbase }));
  }
  const tx = defined(fanOut, 'transaction that splits a coinbase');
  const coins = tx.outputs.map((_, vout) => outputOf(tx, vout));
  return { blocks, tip: defined(blocks.at(-1), 'trunk'), coins };
}

/** First output of a block's coinbase. */
export function coinbaseOf(block: BuiltBlock | undefined): Spendable {
  return outputOf(defined(block?.transactions[0], 'coinbase'));
}

/** What a case builds its blocks with. Blocks of one case differ from those of all others. */
export class Lab {
  private readonly builder: BlockBuilder;

  /** @param number of the case */
  constructor(number: number) {
    this.builder = new BlockBuilder(number + 2);
  }

  /** Last block of the trunk. */
  get tip(): BuiltBlock {
    return TRUNK.tip;
  }

  /** A block on the trunk. */
  block(plan: BlockPlan = {}): BuiltBlock {
    return this.builder.on(TRUNK.tip, plan);
  }

  on(parent: BuiltBlock, plan: BlockPlan = {}): BuiltBlock {
    return this.builder.on(parent, plan);
  }

  /** A block on the trunk with these transactions. */
  holding(...transactions: readonly Transaction[]): BuiltBlock {
    return this.block({ transactions });
  }

  /** `count` empty blocks on top of `parent`, lowest first. */
  chain(count: number, parent: BuiltBlock = TRUNK.tip): BuiltBlock[] {
    return this.builder.chain(parent, count);
  }

  /** Empty blocks on top of `parent` up to `height`; `parent` alone when it has that height. */
  upTo(height: number, parent: BuiltBlock = TRUNK.tip): BuiltBlock[] {
    return this.chain(height - parent.height, parent);
  }

  /** An output of one coin that anybody may spend; the same in every case. */
  coin(index = 0): Spendable {
    return defined(TRUNK.coins[index], `coin ${index} of the trunk`);
  }

  /** Coinbase of the trunk that the next block can just spend, or that many blocks younger. */
  matureCoinbase(younger = 0): Spendable {
    return coinbaseOf(TRUNK.blocks[TRUNK_HEIGHT - COINBASE_MATURITY + younger]);
  }

  /** Two transactions: the first locks a coin with `script`, the second spends that. */
  locked(
    script: Uint8Array,
    unlock: Unlock = {},
    options: TxOptions & { readonly sequence?: number; readonly coin?: number } = {},
  ): [Transaction, Transaction] {
    const { sequence, coin = 0, ...rest } = options;
    const lock = spend([this.coin(coin)], [{ value: COIN, script }]);
    const plan = { coin: outputOf(lock), unlock, ...(sequence === undefined ? {} : { sequence }) };
    return [lock, spend([plan], [open(COIN)], rest)];
  }

  /** A block on the trunk, filled up with zeros in an output that nobody can spend, to a size without witnesses. */
  filled(baseSize: number, transactions: readonly Transaction[] = []): BuiltBlock {
    const reward = open(subsidyAt(TRUNK_HEIGHT + 1));
    const build = (padding: number) =>
      this.block({ transactions, coinbase: { outputs: [reward, burnt(padding)] } });
    // Long enough that its length takes as many bytes as in the end.
    const guess = MAX_BASE_SIZE / 2;
    return build(guess + baseSize - baseSizeOf(build(guess)));
  }
}

/** OP_RETURN and zeros. */
function burnt(size: number) {
  const script = new Uint8Array(size);
  script[0] = 0x6a;
  return { value: 0, script };
}

/** Bytes of a block without witnesses. */
export function baseSizeOf(block: BuiltBlock): number {
  const witnesses = block.transactions.reduce((sum, tx) => sum + tx.totalSize - tx.baseSize, 0);
  return block.bytes.length - witnesses;
}

/** BIP141. */
export function weightOf(block: BuiltBlock): number {
  return baseSizeOf(block) * 3 + block.bytes.length;
}
