import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChainDirectories } from '../../../../src/chain/options.js';
import type { MemoryFlatFiles } from '../../../../src/chain/store/memory-flat-files.js';
import { MemoryChainStores, memoryStores } from '../../../../src/chain/stores.js';
import { chainParams } from '../../../../src/consensus/networks.js';
import { defined } from '../../../../src/runtime/errors.js';
import { FOREST_PARAMS, goodBlocks, growForest, pathTo } from '../../../support/block-forest.js';
import { submit, testChain } from '../../../support/chain-builder.js';
import { tempDirectory } from '../../../support/chain-temp-dir.js';
import { type DamageCase, expectNoWrongData } from '../../../support/damage.js';
import { naiveCoins, naiveUtxoHash } from '../../../support/naive-coins.js';

/*
 * A chain with everything in it that can be damaged, harmed in one place at a time. See `expectNoWrongData` for what
 * must come of it.
 */

const forest = growForest(7, 40);
const blocks = pathTo(forest, defined(goodBlocks(forest)[0], 'a good block'));
const utxoHash = naiveUtxoHash(naiveCoins(blocks));
const sound = { options: { params: FOREST_PARAMS, fastPrune: true }, blocks, utxoHash };

/** Numbers from 0 to `below`, about `count` of them, never the same distance of a block's parts. */
function sample(below: number, count: number): number[] {
  const step = Math.max(Math.floor(below / count), 1);
  return Array.from({ length: Math.floor(below / step) }, (_, i) =>
    Math.min(i * step + ((i * 7) % step), below - 1),
  );
}

describe('a changed byte or a torn tail in block and undo files', () => {
  let original: MemoryChainStores;

  beforeAll(async () => {
    original = memoryStores(FOREST_PARAMS.magic);
    const { chain } = testChain({ params: FOREST_PARAMS, stores: new MemoryChainStores(original) });
    await chain.start();
    await submit(chain, blocks);
    await chain.stop();
  });

  const kinds = [
    ['blk', (stores: MemoryChainStores) => stores.blockFiles],
    ['rev', (stores: MemoryChainStores) => stores.undoFiles],
  ] as const;

  const harmedBy = async (harm: (stores: MemoryChainStores) => void): Promise<DamageCase> => {
    const stores = original.clone();
    harm(stores);
    return { ...sound, storage: () => new MemoryChainStores(stores) };
  };

  const sizeOf = (files: MemoryFlatFiles) => files.readSync(0, 0, Number.MAX_SAFE_INTEGER).length;

  it.each(kinds)('%s: every change is found, wherever it is', { timeout: 60_000 }, async (name, filesOf) => {
    const seen = { unharmed: 0, start: 0, running: 0 };
    for (const at of sample(sizeOf(filesOf(original)), 40)) {
      const harmed = await harmedBy(stores => {
        const files = filesOf(stores);
        const [byte = 0] = files.readSync(0, at, 1);
        files.write(0, at, Uint8Array.of(byte ^ (1 << (at % 8))));
      });
      seen[(await expectNoWrongData(harmed, `(memory)/${name}0`)).kind]++;
    }
    // What is not among the last six blocks shows when it is read. Genesis is not, nor are old blocks' undo sizes.
    expect(seen.start).toBeGreaterThan(2);
    expect(seen.running).toBeGreaterThan(10);
  });

  it.each(kinds)('%s: every cut is found', { timeout: 60_000 }, async (name, filesOf) => {
    const size = sizeOf(filesOf(original));
    const cuts = [
      0,
      1,
      7,
      8,
      9,
      50,
      300,
      size >> 1,
      ...[700, 300, 41, 40, 9, 8, 7, 1].map(back => size - back),
    ];
    for (const cut of cuts) {
      const harmed = await harmedBy(stores => filesOf(stores).truncate(0, cut));
      const { kind } = await expectNoWrongData(harmed, `(memory)/${name}0`);
      expect(kind).not.toBe('unharmed');
    }
  });

  it('an entry of the block index that is not that of its block is found', async () => {
    const height = 60;
    const key = Buffer.concat([Buffer.from('b'), defined(blocks[height - 1], 'block').hash]);
    const intact = defined(original.index.getSync(key), 'entry');
    const headerAt = intact.length - 80;
    // The height is the second number of the entry, behind a version of three bytes.
    for (const at of [3, ...[0, 3, 4, 35, 36, 67, 68, 71, 72, 75, 76, 79].map(offset => headerAt + offset)]) {
      const harmed = await harmedBy(stores => {
        const batch = stores.index.batch();
        batch.put(key, Buffer.from(intact).fill((intact[at] ?? 0) ^ 1, at, at + 1));
        void batch.write();
      });
      const { kind, text } = await expectNoWrongData(harmed, '(memory)/blocks/index');
      expect(kind).toBe('start');
      expect(text).toMatch(/^Error loading block database\n.*(CheckProofOfWork failed|non-contiguous)/);
    }
  });

  it.each(kinds)('%s: a missing file is found', async (name, filesOf) => {
    const harmed = await harmedBy(stores => filesOf(stores).remove(0));
    expect((await expectNoWrongData(harmed, `(memory)/${name}0`)).kind).toBe('start');
  });
});

describe('a data directory', () => {
  let original: string;

  const directoriesIn = (directory: string): ChainDirectories => ({
    blocksDir: join(directory, 'blocks'),
    chainstateDir: join(directory, 'chainstate'),
  });

  beforeAll(async () => {
    original = mkdtempSync(join(tmpdir(), 'blocksmith-damage-'));
    // Twice, so that there are tables and logs.
    for (const part of [blocks.slice(0, 120), blocks]) {
      const { chain } = testChain({ ...sound.options, storage: directoriesIn(original) });
      await chain.start();
      await submit(chain, part);
      await chain.stop();
    }
  });

  afterAll(() => rmSync(original, { recursive: true, force: true }));

  const harmedBy = (harm: (directory: string) => void): DamageCase & { directory: string } => {
    const directory = tempDirectory();
    cpSync(original, directory, { recursive: true });
    harm(directory);
    return { ...sound, storage: directoriesIn(directory), directory };
  };

  const flip = (path: string, at: number) => {
    const bytes = readFileSync(path);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    writeFileSync(path, bytes);
  };

  const filesIn = (folder: string, pattern: RegExp) =>
    readdirSync(join(original, folder))
      .filter(name => pattern.test(name))
      .map(name => join(folder, name));

  it('is as it was when nothing is harmed', async () => {
    const harmed = harmedBy(() => {});
    expect((await expectNoWrongData(harmed, harmed.directory)).kind).toBe('unharmed');
  });

  it.each(['blocks/index', 'chainstate'])(
    'is not used with a changed byte in %s',
    { timeout: 60_000 },
    async folder => {
      const files = filesIn(folder, /\.ldb$|\.log$|^MANIFEST|^CURRENT$/);
      expect(files.some(name => name.endsWith('.ldb'))).toBe(true);
      let refused = 0;
      for (const name of files) {
        for (const at of sample(statSync(join(original, name)).size, 3)) {
          const harmed = harmedBy(directory => flip(join(directory, name), at));
          const { kind, text } = await expectNoWrongData(harmed, join(harmed.directory, folder));
          if (kind === 'unharmed') continue;
          refused++;
          expect(kind).toBe('start');
          expect(text).toMatch(/^Error (opening|loading) block database/);
        }
      }
      expect(refused).toBeGreaterThan(5);
    },
  );

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('finds its key again when byte %i of xor.dat is changed', async at => {
    const harmed = harmedBy(directory => flip(join(directory, 'blocks', 'xor.dat'), at));
    expect((await expectNoWrongData(harmed, harmed.directory)).kind).toBe('unharmed');
    const key = (directory: string) => readFileSync(join(directory, 'blocks', 'xor.dat'));
    expect(key(harmed.directory)).toEqual(key(original));
  });

  it.each([
    ['is cut short', (path: string) => truncateSync(path, 3)],
    ['is empty', (path: string) => truncateSync(path, 0)],
    ['is gone', (path: string) => rmSync(path)],
  ])('finds its key again when xor.dat %s', async (_, harm) => {
    const harmed = harmedBy(directory => harm(join(directory, 'blocks', 'xor.dat')));
    expect((await expectNoWrongData(harmed, harmed.directory)).kind).toBe('unharmed');
  });

  it.each([
    ['blocks/blk00000.dat', 'start'],
    ['blocks/rev00000.dat', 'start'],
    ['blocks/index', 'start'],
    ['chainstate', 'unharmed'],
    ['chainstate/CURRENT', 'start'],
    ['blocks/index/CURRENT', 'start'],
  ])('without %s: %s', async (name, kind) => {
    const harmed = harmedBy(directory => rmSync(join(directory, name), { recursive: true }));
    const aftermath = await expectNoWrongData(harmed, harmed.directory);
    expect(aftermath.kind).toBe(kind);
  });

  it.each(['blocks/blk00000.dat', 'blocks/rev00000.dat'])(
    'with a torn tail of %s is not used',
    async name => {
      // Files end with room that was allocated: what counts is where the last record ends.
      const bytes = readFileSync(join(original, name));
      const end = bytes.findLastIndex(byte => byte !== 0) + 1;
      for (const cut of [end - 1, end - 5, end - 40, end - 60]) {
        const harmed = harmedBy(directory => truncateSync(join(directory, name), cut));
        const { kind, text } = await expectNoWrongData(harmed, join(harmed.directory, name));
        expect(kind).toBe('start');
        expect(text).toMatch(/^Corrupted block database detected/);
      }
    },
  );

  it('of another network is refused', async () => {
    const harmed = harmedBy(() => {});
    const { chain } = testChain({ params: chainParams('signet'), storage: directoriesIn(harmed.directory) });
    await expect(chain.start()).rejects.toThrow('Wrong datadir for network?');
    await chain.stop();
    expect((await expectNoWrongData(harmed, harmed.directory)).kind).toBe('unharmed');
  });
});
