import { chainParams } from '../../src/consensus/networks.js';
import { withNonce } from '../../src/miner/block-template.js';
import type { PowPool } from '../../src/miner/pow-pool.js';
import type { Block } from '../../src/primitives/block.js';
import { fromHex, hashFromHex, hashToHex } from '../../src/primitives/bytes.js';
import { Writer } from '../../src/primitives/codec.js';
import { Transaction } from '../../src/primitives/transaction.js';
import { defined } from '../../src/runtime/errors.js';
import { addressToScript } from '../../src/script/address.js';
import { buildBlock } from '../branch/build-block.js';
import { submitBranch } from '../branch/mine-branch.js';
import type { RegtestNode } from '../node.js';
import type { BlockTemplate } from '../rpc/methods/index.js';
import { MIN_BLOCK_SECONDS } from './check-plan.js';
import type { Miners } from './miners.js';
import { pause } from './pause.js';

const PARAMS = chainParams('regtest').address;

/** Hashes of all nodes together between two looks at their chains: a tenth of a second or so for two threads. */
const ROUND_TRIES = 400_000;

/** Templates are made anew after this, to take in transactions that came since, and the time. */
const TEMPLATE_AGE_MS = 1_000;

/** Proof of work without pause: the nodes take turns at the threads, each for as many hashes as its share gives it. */
export async function mineByWork(
  miners: Miners,
  shares: readonly number[],
  pool: PowPool,
  signal: AbortSignal,
): Promise<void> {
  const searches = shares.map(() => new Search(pool, signal));
  while (!signal.aborted) {
    const startedAt = performance.now();
    let found = false;
    for (const [index, search] of searches.entries()) {
      const tries = Math.round(ROUND_TRIES * (shares[index] ?? 0));
      if (tries === 0 || signal.aborted) continue;
      await miners.attempt(index, async node => {
        const hasFound = await search.go(node, tries);
        found ||= hasFound;
        return hasFound;
      });
    }
    // Where every other hash is a block, a lab would do nothing else; nor may a round without any node take no time.
    const isIdle = found || !searches.some((_, index) => miners.isRunning(index));
    await pause(isIdle ? MIN_BLOCK_SECONDS * 1000 - (performance.now() - startedAt) : 0, signal);
  }
}

/** One node's search: it goes on where it was left, until the node has another tip. */
class Search {
  private candidate: Block | undefined;
  private madeAt = 0;
  private nextNonce = 0;
  private candidates = 0n;

  constructor(
    private readonly pool: PowPool,
    private readonly signal: AbortSignal,
  ) {}

  /** @returns true when a block was found and given to the node */
  async go(node: RegtestNode, tries: number): Promise<boolean> {
    const block = await this.current(node);
    const result = await this.pool.search(block.header.raw, this.nextNonce, tries, this.signal);
    this.nextNonce += result.tries;
    if (result.nonce === undefined) return false;
    this.candidate = undefined;
    const found = withNonce(block, result.nonce);
    await submitBranch(node, [found]);
    await node.reportFound([hashToHex(found.hash)]);
    await node.letTimePass();
    return true;
  }

  private async current(node: RegtestNode): Promise<Block> {
    const { candidate } = this;
    const isFresh = performance.now() - this.madeAt < TEMPLATE_AGE_MS;
    if (candidate !== undefined && isFresh) {
      const tip = await node.rpc.call('getbestblockhash');
      if (tip === hashToHex(candidate.header.prevHash)) return candidate;
    }
    this.madeAt = performance.now();
    this.nextNonce = 0;
    this.candidate = this.candidateFrom(
      await node.rpc.call('getblocktemplate', { rules: ['segwit'] }),
      defined(addressToScript(node.key.address, PARAMS), `script of ${node.key.address}`),
    );
    return this.candidate;
  }

  /** Each has a number in its coinbase, so that no hash is tried twice though the time stand still. */
  private candidateFrom(template: BlockTemplate, payTo: Uint8Array): Block {
    const { version, previousblockhash, height, curtime: time, coinbasevalue: value } = template;
    const extraNonce = new Writer(8).u64(this.candidates++).finish();
    const transactions = template.transactions.map(({ data }) =>
      Transaction.parse(defined(fromHex(data), 'bytes of a transaction')),
    );
    const prevHash = defined(hashFromHex(previousblockhash), 'hash of the tip');
    const bits = Number.parseInt(template.bits, 16);
    return buildBlock({ version, prevHash, height, time, bits, payTo, value, transactions, extraNonce });
  }
}
