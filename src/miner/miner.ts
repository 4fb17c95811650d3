import type { Chain } from '../chain/chain.js';
import { VersionBitsCache } from '../consensus/deployments.js';
import { type BlockRejection, formatRejection } from '../consensus/rejection.js';
import { witnessCommitment } from '../consensus/witness.js';
import type { Mempool } from '../mempool/mempool.js';
import type { Block } from '../primitives/block.js';
import type { Hash256 } from '../primitives/bytes.js';
import { compactSizeLength, Writer } from '../primitives/codec.js';
import { HEADER_SIZE } from '../primitives/header.js';
import { type Transaction, WITNESS_SCALE_FACTOR } from '../primitives/transaction.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { BlockContents } from './block-contents.js';
import {
  assembleTemplate,
  type BlockTemplate,
  blockOf,
  coinbaseTransaction,
  type TemplateOptions,
  templateBlock,
  withNonce,
} from './block-template.js';
import { PowPool } from './pow-pool.js';

/** Hashes that generateto… tries for one call when not told otherwise. */
export const DEFAULT_MAX_TRIES = 1_000_000;

const NONCE_COUNT = 2 ** 32;

/** Bytes of an extra nonce in the coinbase, used when the 32 bits of the header are used up. */
const EXTRA_NONCE_BYTES = 8;

/** A block of ours was refused, which only a bug or an unmineable request explains. */
export class MiningError extends Error {
  override readonly name = 'MiningError';
  constructor(
    readonly code: 'not-accepted' | 'not-valid' | 'no-nonce',
    message: string,
  ) {
    super(message);
  }
}

export interface MinerOptions extends TemplateOptions {
  /** Hashing threads; 0 takes one for each core. */
  readonly threads: number;
}

export interface MinerModules {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A block found, and what it took. */
export interface MinedBlock {
  readonly block: Block | undefined;
  readonly tries: number;
}

/** Makes blocks: assembles them, finds their proof of work, and feeds them to the chain. */
export class Miner {
  private readonly versionBits = new VersionBitsCache();
  private readonly contents: BlockContents;
  private readonly pool: PowPool;
  private readonly stopping = new AbortController();
  private lastTemplate: BlockTemplate | undefined;

  constructor(
    private readonly options: MinerOptions,
    private readonly modules: MinerModules,
  ) {
    this.contents = new BlockContents(modules.mempool);
    this.pool = new PowPool(options.threads === 0 ? undefined : options.threads);
  }

  /** Weight and number of transactions of the last template, for getmininginfo; undefined before the first. */
  get lastAssembled(): { readonly weight: number; readonly transactions: number } | undefined {
    const template = this.lastTemplate;
    return template === undefined
      ? undefined
      : { weight: template.weight, transactions: template.entries.length };
  }

  /** A block on the tip that pays `payTo`, from the mempool. */
  template(payTo: Uint8Array, useMempool = true): Promise<BlockTemplate> {
    const { contents, versionBits } = this;
    const { chain, clock, logger } = this.modules;
    return chain.runStable(() => {
      const modules = { chain, contents, versionBits };
      const template = assembleTemplate(payTo, clock.now(), this.options, modules, useMempool);
      this.lastTemplate = template;
      logger.info(
        `CreateNewBlock(): block weight: ${blockWeight(template)} txs: ${template.entries.length} fees: ${template.fees} sigops ${template.sigOpCost}`,
      );
      return template;
    });
  }

  /**
   * RPC generatetoaddress: mines blocks one on the other and gives their hashes; fewer than asked for when the tries are
   * used up or the node stops.
   */
  async generate(count: number, payTo: Uint8Array, maxTries = DEFAULT_MAX_TRIES): Promise<Hash256[]> {
    const hashes: Hash256[] = [];
    let triesLeft = maxTries;
    while (hashes.length < count && triesLeft > 0 && !this.stopping.signal.aborted) {
      const { block, tries } = await this.solve(await this.template(payTo), triesLeft);
      triesLeft -= Math.max(tries - 1, 0);
      if (block === undefined) break;
      await this.submitOwn(block);
      hashes.push(block.hash);
    }
    return hashes;
  }

  /**
   * RPC generateblock: a block of exactly these transactions.
   *
   * @throws MiningError when they do not make a valid block
   */
  async generateBlock(
    payTo: Uint8Array,
    transactions: readonly Transaction[],
    submit: boolean,
  ): Promise<Block> {
    const { chain } = this.modules;
    const empty = await this.template(payTo, false);
    const commitment = witnessCommitment(transactions);
    const { hasWitness: hasSegwit } = empty.coinbase;
    const coinbase = coinbaseTransaction(empty.height, empty.coinbaseValue, payTo, commitment, { hasSegwit });
    const candidate = blockOf(empty, [coinbase, ...transactions], empty.time);
    const rejection = await chain.testBlock(candidate, { checkPow: false, checkMerkle: false });
    if (rejection !== undefined) {
      throw new MiningError('not-valid', `testBlockValidity failed: ${formatRejection(rejection)}`);
    }
    const { nonce } = await this.pool.search(
      candidate.header.raw,
      0,
      DEFAULT_MAX_TRIES,
      this.stopping.signal,
    );
    if (nonce === undefined) throw new MiningError('no-nonce', 'Failed to make block.');
    const block = withNonce(candidate, nonce);
    if (submit) await this.submitOwn(block);
    return block;
  }

  /**
   * Finds the proof of work of a template. When the header's nonces are used up the coinbase gets an extra nonce.
   *
   * @param signal ends the search at once when aborted
   * @param alreadyTried hashes done on this template before: the search goes on behind them
   */
  async solve(
    template: BlockTemplate,
    maxTries: number,
    signal: AbortSignal = this.stopping.signal,
    alreadyTried = 0,
  ): Promise<MinedBlock> {
    let tries = 0;
    while (tries < maxTries && !signal.aborted && !this.stopping.signal.aborted) {
      const position = alreadyTried + tries;
      const coinbase = this.coinbaseWith(template, Math.floor(position / NONCE_COUNT));
      const candidate = templateBlock(template, coinbase);
      const start = position % NONCE_COUNT;
      const result = await this.pool.search(candidate.header.raw, start, maxTries - tries, signal);
      tries += result.tries;
      if (result.nonce !== undefined) return { block: withNonce(candidate, result.nonce), tries };
    }
    return { block: undefined, tries };
  }

  /** RPC submitblock and getblocktemplate's proposals share the chain's own verdict. */
  async submit(block: Block): Promise<{ readonly isNew: boolean; readonly rejection?: BlockRejection }> {
    const result = await this.modules.chain.processBlock(block, { requested: true });
    return result.rejection === undefined
      ? { isNew: result.isNew }
      : { isNew: result.isNew, rejection: result.rejection };
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.pool.stop();
  }

  private async submitOwn(block: Block): Promise<void> {
    const { accepted, rejection } = await this.modules.chain.processBlock(block, { requested: true });
    if (accepted && rejection === undefined) return;
    const why = rejection === undefined ? '' : `: ${formatRejection(rejection)}`;
    throw new MiningError('not-accepted', `ProcessNewBlock, block not accepted${why}`);
  }

  private coinbaseWith(template: BlockTemplate, extraNonce: number): Transaction {
    if (extraNonce === 0) return template.coinbase;
    const payTo = template.coinbase.outputs[0]?.script ?? new Uint8Array(0);
    const push = new Writer().u8(EXTRA_NONCE_BYTES).u64(BigInt(extraNonce)).finish();
    return coinbaseTransaction(template.height, template.coinbaseValue, payTo, template.witnessCommitment, {
      hasSegwit: template.coinbase.hasWitness,
      extraNonce: push,
    });
  }
}

/** Weight of the block that a template makes, without the reserve that its `weight` counts. */
function blockWeight({ coinbase, entries }: BlockTemplate): number {
  const frame = (HEADER_SIZE + compactSizeLength(entries.length + 1)) * WITNESS_SCALE_FACTOR;
  return entries.reduce((sum, entry) => sum + entry.weight, frame + coinbase.weight);
}
