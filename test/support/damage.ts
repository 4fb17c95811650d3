import { expect } from 'vitest';
import type { BlockChain } from '../../src/chain/chainstate.js';
import { ChainFailure } from '../../src/chain/fatal.js';
import type { ChainDirectories, ChainOptions, ChainStores } from '../../src/chain/options.js';
import { StoreError, type StoreRemedy } from '../../src/chain/store/store-error.js';
import type { Block } from '../../src/primitives/block.js';
import { toHex } from '../../src/primitives/bytes.js';
import { defined, errorMessage, StartError } from '../../src/runtime/errors.js';
import { type Logger, silentLogger } from '../../src/runtime/logger.js';
import { submit, testChain } from './chain-builder.js';

/** A chain whose stored data are harmed, and what it should be like. */
export interface DamageCase {
  readonly storage: ChainDirectories | (() => ChainStores);
  readonly options: Partial<ChainOptions>;
  /** All blocks, in an order in which they connect; the last one is to be the tip. */
  readonly blocks: readonly Block[];
  /** hash_serialized_3 at that tip, internal bytes in hex. */
  readonly utxoHash: string;
}

/** What became of a start with harmed data. */
export interface Aftermath {
  /** `unharmed`: all as it should be; `start`: refused to start; `running`: stopped later. */
  readonly kind: 'unharmed' | 'start' | 'running';
  /** What was told on the way. */
  readonly text: string;
}

interface Attempt {
  readonly chain: BlockChain;
  readonly errors: string[];
}

function attempt({ storage, options }: DamageCase, extra: Partial<ChainOptions> = {}): Attempt {
  const errors: string[] = [];
  const logger: Logger = { ...silentLogger, error: line => errors.push(line) };
  const where = typeof storage === 'function' ? { stores: storage() } : { storage };
  const { chain } = testChain({ ...where, ...options, checkBlockIndex: 0, ...extra, modules: { logger } });
  return { chain, errors };
}

/**
 * Starts a chain on harmed data, asks it for all that it has, takes it back to the beginning and forth again, and gives
 * it all blocks.
 *
 * It must never serve anything that was not stored, and never end with other coins than it should. Where it stops, it must
 * name a file and a way out, and that way must lead to the right coins.
 *
 * @param files what the name of the damaged file must begin with
 */
export async function expectNoWrongData(harmed: DamageCase, files: string): Promise<Aftermath> {
  const aftermath = await useHarmed(harmed);
  if (aftermath.kind === 'unharmed') return aftermath;
  expect(aftermath.text).toContain(files);
  const remedy = /restart with (-reindex(?:-chainstate)?) to recover/.exec(aftermath.text)?.[1];
  expect(remedy, aftermath.text).toBeDefined();
  await expectRepair(harmed, remedy as StoreRemedy);
  return aftermath;
}

/** Starts with the option that repairs, and gives the blocks that were lost. */
async function expectRepair(harmed: DamageCase, remedy: StoreRemedy): Promise<void> {
  const option = remedy === '-reindex' ? { reindex: true } : { reindexChainstate: true };
  const { chain } = attempt(harmed, option);
  await chain.start();
  await submit(chain, harmed.blocks);
  chain.checkInvariants();
  await expectRightCoins(chain, harmed);
  await chain.stop();
  const { chain: again } = attempt(harmed);
  await again.start();
  await expectRightCoins(again, harmed);
  await again.stop();
}

async function useHarmed(harmed: DamageCase): Promise<Aftermath> {
  let chain: BlockChain | undefined;
  const errors: string[] = [];
  try {
    const started = attempt(harmed);
    chain = started.chain;
    await chain.start().finally(() => errors.push(...started.errors.splice(0)));
    try {
      await expectOnlyStoredBytes(chain, harmed.blocks);
      await chain.invalidate(chain.at(1));
      await chain.reconsider(chain.headers.find(defined(harmed.blocks[0], 'first block').hash));
      await submit(chain, harmed.blocks);
      await expectRightCoins(chain, harmed);
      return { kind: 'unharmed', text: '' };
    } finally {
      errors.push(...started.errors);
    }
  } catch (thrown) {
    if (thrown instanceof ChainFailure) return { kind: 'running', text: errors.join('\n') };
    if (!(thrown instanceof StartError || thrown instanceof StoreError)) throw thrown;
    return { kind: 'start', text: `${thrown.message}\n${errorMessage(thrown.cause)}` };
  } finally {
    await chain?.stop().catch(() => {});
  }
}

async function expectOnlyStoredBytes(chain: BlockChain, blocks: readonly Block[]): Promise<void> {
  for (const block of blocks) {
    const id = chain.headers.find(block.hash);
    if (id < 0 || !chain.headers.hasData(id)) continue;
    const read = await chain.readBlockBytes(id).catch((thrown: unknown) => thrown);
    if (read instanceof Uint8Array) expect(toHex(read)).toBe(toHex(block.raw));
    else expect(read).toBeInstanceOf(StoreError);
  }
}

async function expectRightCoins(chain: BlockChain, { blocks, utxoHash }: DamageCase): Promise<void> {
  const { hash } = await chain.utxoStats('hash_serialized_3');
  expect(toHex(chain.headers.hash(chain.tip))).toBe(toHex(defined(blocks.at(-1), 'last block').hash));
  expect(toHex(defined(hash, 'hash of the coins'))).toBe(utxoHash);
}
