import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { BlockChain } from '../../../src/chain/chainstate.js';
import type { ChainOptions, ChainStores } from '../../../src/chain/options.js';
import { BlockIndexDb } from '../../../src/chain/store/block-index-db.js';
import type { WriteBatch } from '../../../src/chain/store/kv.js';
import { MemoryStore } from '../../../src/chain/store/memory-store.js';
import { memoryStores } from '../../../src/chain/stores.js';
import type { Block } from '../../../src/primitives/block.js';
import { hashToHex } from '../../../src/primitives/bytes.js';
import { type Logger, silentLogger } from '../../../src/runtime/logger.js';
import { QueueError } from '../../../src/runtime/queue.js';
import { buildEmptyBlocks, REGTEST, submit, testChain } from '../../support/chain-builder.js';
import { tempDirectory } from '../../support/chain-temp-dir.js';

const { genesis } = REGTEST;
const LENGTH = 80;
const blocks = buildEmptyBlocks(genesis, 0, LENGTH);

/** A record as it lies in block files. */
function record(bytes: Uint8Array, size = bytes.length): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(size);
  return Buffer.concat([REGTEST.magic, length, bytes]);
}

function fileOf(...parts: readonly (Block | Uint8Array)[]): string {
  const path = join(tempDirectory(), 'bootstrap.dat');
  writeFileSync(
    path,
    Buffer.concat(parts.map(part => (part instanceof Uint8Array ? part : record(part.raw)))),
  );
  return path;
}

interface Opened {
  readonly chain: BlockChain;
  readonly lines: string[];
  /** Stops the chain, at the end of the test unless it was done before. */
  stop(): Promise<void>;
}

function make(options: Partial<ChainOptions> & { readonly stores?: ChainStores } = {}): Opened {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const logger: Logger = {
    ...silentLogger,
    info: write,
    warn: write,
    error: write,
    debug: (_, line) => write(line),
  };
  const { chain } = testChain({ maxTipAge: 1e6, ...options, modules: { logger } });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= chain.stop();
    return stopped;
  };
  onTestFinished(stop);
  return { chain, lines, stop };
}

/** Lines of one kind, without what follows. */
const linesWith = (lines: readonly string[], part: string) => lines.filter(line => line.includes(part));

describe('blocks of a foreign file (-loadblock)', () => {
  const imported = async (...paths: readonly string[]): Promise<Opened> => {
    const opened = make();
    await opened.chain.load();
    await opened.chain.importBlocks(paths);
    return opened;
  };

  it('are connected, whether genesis is among them or not', async () => {
    for (const first of [[genesis], []]) {
      const path = fileOf(...first, ...blocks);
      const { chain, lines } = await imported(path);
      expect(chain.height).toBe(LENGTH);
      expect(lines).toContain(`Importing blocks file ${path}...`);
      expect(linesWith(lines, 'from external file in ')[0]).toMatch(
        /^Loaded 80 blocks from external file in \d+ms$/,
      );
    }
  });

  it('may come from several files, one after the other', async () => {
    const { chain } = await imported(fileOf(...blocks.slice(0, 30)), fileOf(...blocks.slice(30)));
    expect(chain.height).toBe(LENGTH);
  });

  it('are passed over when their predecessor is not known: they do not wait', async () => {
    const [a, b, c, ...rest] = blocks as [Block, Block, Block, ...Block[]];
    const { chain, lines } = await imported(fileOf(a, c, b, ...rest));
    expect(chain.height).toBe(2);
    expect(lines).toContain(
      `LoadExternalBlockFile: Out of order block ${hashToHex(c.hash)}, parent ${hashToHex(b.hash)} not known`,
    );
    expect(linesWith(lines, 'Processing out of order child')).toEqual([]);
    expect(linesWith(lines, 'Loaded ')[0]).toMatch(/^Loaded 2 blocks/);
    // The same file once more brings what came too early the first time.
    await chain.importBlocks([fileOf(a, c, b, ...rest)]);
    expect(chain.height).toBe(LENGTH);
  });

  it('are found between anything else', async () => {
    const torn = record((blocks[3] as Block).raw).subarray(0, 100);
    const broken = record(Buffer.alloc(150, 0xee));
    const path = fileOf(
      Buffer.alloc(5000),
      blocks[0] as Block,
      Buffer.from('not a block at all'),
      REGTEST.magic,
      broken,
      ...blocks.slice(1, 40),
      record(Buffer.alloc(79)),
      ...blocks.slice(40),
      torn,
    );
    const { chain, lines } = await imported(path);
    expect(chain.height).toBe(LENGTH);
    expect(linesWith(lines, 'unexpected data at file offset 0x').length).toBeGreaterThan(0);
  });

  it('that break a rule are refused, and nothing is built on them', async () => {
    const bad = Buffer.from((blocks[1] as Block).raw);
    // The merkle root does not fit the transactions any more.
    bad.writeUInt8(bad.readUInt8(bad.length - 1) ^ 1, bad.length - 1);
    const { chain, lines } = await imported(fileOf(blocks[0] as Block, record(bad), ...blocks.slice(2)));
    expect(chain.height).toBe(1);
    expect(linesWith(lines, 'AcceptBlock: bad-txnmrklroot')).toHaveLength(1);
  });

  it('are not taken twice', async () => {
    const path = fileOf(...blocks);
    const { chain, lines } = await imported(path, path);
    expect(chain.height).toBe(LENGTH);
    expect(linesWith(lines, 'Loaded ').map(line => line.split(' ')[1])).toEqual(['80', '0']);
  });

  it('are missed with a warning when the file cannot be opened; the others are taken', async () => {
    const { chain, lines } = await imported('/nowhere/at/all.dat', fileOf(...blocks));
    expect(chain.height).toBe(LENGTH);
    expect(lines).toContain('Warning: Could not open blocks file /nowhere/at/all.dat');
  });

  it('stop the chain when the file cannot be read: nobody would know what is missing', async () => {
    const directory = join(tempDirectory(), 'directory.dat');
    mkdirSync(directory);
    const { chain } = make();
    const fatal: string[] = [];
    chain.events.on('fatal', message => fatal.push(message));
    await chain.load();
    await expect(chain.importBlocks([directory])).rejects.toThrow(
      'System error while loading external block file',
    );
    expect(fatal).toHaveLength(1);
    expect(fatal[0]).toContain(directory);
  });
});

describe('a chain that is used while its blocks are read', () => {
  let stores: ChainStores;

  beforeEach(async () => {
    stores = memoryStores(REGTEST.magic);
    const { chain } = testChain({ stores });
    await chain.start();
    await submit(chain, blocks.slice(0, 60));
    await chain.stop();
  });

  it('stands at genesis before a reindex, and counts as catching up until it is done', async () => {
    const { chain } = make({ stores, reindex: true });
    await chain.load();
    expect([chain.height, chain.isLoadingBlocks, chain.isInitialBlockDownload]).toEqual([0, true, true]);
    const done = chain.importBlocks([]);
    expect(await chain.runStable(() => chain.isLoadingBlocks)).toBe(true);
    await done;
    expect([chain.height, chain.isLoadingBlocks, chain.isInitialBlockDownload]).toEqual([60, false, false]);
  });

  it('stands at genesis before -reindex-chainstate connects the rest', async () => {
    const { chain } = make({ stores, reindexChainstate: true });
    await chain.load();
    expect([chain.height, chain.isLoadingBlocks]).toEqual([0, false]);
    await chain.importBlocks([]);
    expect(chain.height).toBe(60);
  });

  it('lets nobody write over blocks that the index does not know yet', async () => {
    const { chain, stop } = make({ stores, reindex: true });
    await chain.load();
    const order: string[] = [];
    // Handed in at once, and stored when it is known where the files end.
    const submitted = submit(chain, blocks.slice(60)).then(() => order.push('submitted'));
    await chain.importBlocks([]).then(() => order.push('imported'));
    await submitted;
    expect(order).toEqual(['imported', 'submitted']);
    expect(chain.height).toBe(LENGTH);
    await stop();
    const again = make({ stores, checkBlocks: 0, checkLevel: 4 });
    await again.chain.start();
    expect(again.chain.height).toBe(LENGTH);
  });

  it('refuses a block that waits when it stops first', async () => {
    const { chain, stop } = make({ stores, reindex: true });
    await chain.load();
    const submitted = submit(chain, blocks.slice(60, 61));
    await Promise.all([expect(submitted).rejects.toThrow(QueueError), stop()]);
  });

  it('breaks a reindex off and goes on at the next start', async () => {
    const { chain, lines, stop } = make({ stores, reindex: true });
    await chain.load();
    const imported = chain.importBlocks([]);
    await Promise.all([imported, stop()]);
    expect(lines).toContain('Interrupt requested. Exit ImportBlocks');
    expect(lines).not.toContain('Reindexing finished');
    const again = make({ stores });
    await again.chain.load();
    expect(again.chain.isLoadingBlocks).toBe(true);
    await again.chain.importBlocks([]);
    expect(again.lines).toContain('Reindexing finished');
    expect(again.chain.height).toBe(60);
    await again.stop();
    const third = make({ stores });
    await third.chain.start();
    expect(third.lines).not.toContain('Reindexing block file blk00000.dat...');
    expect(third.chain.height).toBe(60);
  });

  it('has all blocks in the index on disk before the reindex counts as done', async () => {
    /** What a crash right after each write of the index leaves. */
    const crashes: MemoryStore[] = [];
    class WatchedStore extends MemoryStore {
      override batch(): WriteBatch {
        const batch = super.batch();
        const write = batch.write.bind(batch);
        batch.write = async options => {
          await write(options);
          crashes.push(this.clone());
        };
        return batch;
      }
    }
    const { chain } = make({ stores: { ...stores, index: new WatchedStore() }, reindex: true });
    await chain.load();
    await chain.importBlocks([]);
    expect(crashes.some(index => !new BlockIndexDb(index).isReindexing())).toBe(true);
    for (const index of crashes) {
      const db = new BlockIndexDb(index);
      let count = 0;
      await db.readAll(() => count++);
      expect(db.isReindexing() || count === 61, `${count} entries`).toBe(true);
    }
  });

  it('is reindexed twice as well as once, and takes a foreign file on top', async () => {
    const first = make({ stores, reindex: true });
    await first.chain.start();
    await first.stop();
    const { chain } = make({ stores, reindex: true });
    await chain.load();
    await chain.importBlocks([fileOf(...blocks)]);
    expect(chain.height).toBe(LENGTH);
  });

  it('gets genesis when the files have none', async () => {
    const empty = make({ reindex: true });
    await empty.chain.load();
    expect(empty.chain.height).toBe(0);
    expect(empty.lines).toContain('Reindexing finished');
    await empty.chain.importBlocks([]);
    expect(empty.chain.isLoadingBlocks).toBe(false);
  });
});
