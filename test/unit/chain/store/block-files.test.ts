import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type BlockFiles,
  memoryBlockFiles,
  memoryFiles,
  openBlockFiles,
} from '../../../../src/chain/store/block-files.js';
import {
  type BlockFileInfo,
  type BlockPos,
  EMPTY_FILE_INFO,
  type ScannedBlock,
} from '../../../../src/chain/store/block-store.js';
import { StoreError } from '../../../../src/chain/store/store-error.js';
import { toHex } from '../../../../src/primitives/bytes.js';
import { StartError } from '../../../../src/runtime/errors.js';
import { scanBlockFile } from '../../../support/block-file-scan.js';
import { tempDirectory } from '../../../support/chain-temp-dir.js';
import { hasShared, sharedPath } from '../../../support/shared.js';

const MAGIC = Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda);
const PREV = new Uint8Array(32).fill(7);
const TIME = 1_700_000_000;

interface OpenOptions {
  readonly useXor?: boolean;
  readonly fastPrune?: boolean;
}

function openIn(directory: string, { useXor = true, fastPrune = true }: OpenOptions = {}): BlockFiles {
  const files = openBlockFiles({ directory, magic: MAGIC, useXor, fastPrune });
  onTestFinished(() => files.close());
  return files;
}

/** Bytes that stand for a block: stores do not look inside. */
function blockOf(size: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed * 17) & 0xff);
}

async function scanned(blocks: AsyncIterable<ScannedBlock>): Promise<[number, string][]> {
  const found: [number, string][] = [];
  for await (const { pos, bytes } of blocks) found.push([pos, toHex(bytes)]);
  return found;
}

function infosOf(files: BlockFiles): BlockFileInfo[] {
  return Array.from({ length: files.fileCount }, (_, file) => files.fileInfo(file));
}

const KINDS = [
  { kind: 'disk under a key', make: () => openIn(tempDirectory()) },
  { kind: 'disk without a key', make: () => openIn(tempDirectory(), { useXor: false }) },
  { kind: 'memory', make: () => memoryBlockFiles({ magic: MAGIC, fastPrune: true, ...memoryFiles(true) }) },
];

describe.each(KINDS)('block files ($kind)', ({ make }) => {
  it('give back blocks, whichever way they are read', async () => {
    const files = make();
    const sizes = [1, 100, 5000, 30_000, 30_000, 81];
    const places = sizes.map((size, i) => files.writeBlock(blockOf(size, i), i, TIME + i));
    expect(places[0]).toEqual({ file: 0, pos: 8 });
    expect(places[1]).toEqual({ file: 0, pos: 8 + 1 + 8 });
    for (const [i, at] of places.entries()) {
      expect(toHex(await files.readBlock(at))).toBe(toHex(blockOf(sizes[i] ?? 0, i)));
      expect(toHex(files.readBlockSync(at))).toBe(toHex(blockOf(sizes[i] ?? 0, i)));
    }
  });

  it('leave a file before it would be full, and count what is in each', () => {
    const files = make();
    const first = files.writeBlock(blockOf(40_000), 10, TIME);
    const second = files.writeBlock(blockOf(65_536 - 40_008 - 8 - 1), 8, TIME + 5);
    const third = files.writeBlock(blockOf(100), 9, TIME + 1);
    expect([first.file, second.file, third.file]).toEqual([0, 0, 1]);
    expect(infosOf(files)).toEqual([
      {
        blocks: 2,
        size: 65_535,
        undoSize: 0,
        heightFirst: 8,
        heightLast: 10,
        timeFirst: TIME,
        timeLast: TIME + 5,
      },
      {
        blocks: 1,
        size: 108,
        undoSize: 0,
        heightFirst: 9,
        heightLast: 9,
        timeFirst: TIME + 1,
        timeLast: TIME + 1,
      },
    ]);
    expect(files.usedBytes).toBe(65_535 + 108);
    expect([...files.takeChangedFiles().keys()]).toEqual([0, 1]);
    expect(files.takeChangedFiles().size).toBe(0);
  });

  it('stretch a small file for a block that fits in none', async () => {
    const files = make();
    const at = files.writeBlock(blockOf(200_000), 1, TIME);
    expect(at).toEqual({ file: 0, pos: 8 });
    expect((await files.readBlock(at)).length).toBe(200_000);
    expect(files.writeBlock(blockOf(10), 2, TIME).file).toBe(1);
  });

  it('go on where a former run left off', async () => {
    const files = make();
    const at = files.writeBlock(blockOf(500), 1, TIME);
    files.writeUndo(blockOf(20), PREV, at.file, 1);
    const infos = infosOf(files);
    files.load(infos);
    expect(files.writeBlock(blockOf(10), 2, TIME)).toEqual({ file: 0, pos: 516 });
    expect(files.writeUndo(blockOf(10), PREV, 0, 2)).toEqual({ file: 0, pos: 68 });
  });

  it('keep undo data in the file of their block, checked by the previous hash', async () => {
    const files = make();
    const places = [1, 2, 3].map(height => files.writeBlock(blockOf(30_000), height, TIME));
    expect(places.map(({ file }) => file)).toEqual([0, 0, 1]);
    const undos = places.map(({ file }, i) => files.writeUndo(blockOf(50, i), PREV, file, i + 1));
    expect(undos).toEqual([
      { file: 0, pos: 8 },
      { file: 0, pos: 8 + 50 + 32 + 8 },
      { file: 1, pos: 8 },
    ]);
    for (const [i, at] of undos.entries()) {
      expect(toHex(await files.readUndo(at, PREV))).toBe(toHex(blockOf(50, i)));
      expect(toHex(files.readUndoSync(at, PREV))).toBe(toHex(blockOf(50, i)));
    }
    const first: BlockPos = { file: 0, pos: 8 };
    await expect(files.readUndo(first, new Uint8Array(32))).rejects.toMatchObject({
      code: 'corrupt',
      remedy: '-reindex',
    });
    expect(files.fileInfo(0).undoSize).toBe(2 * 90);
  });

  it('say what is missing or not what it should be', async () => {
    const files = make();
    files.writeBlock(blockOf(500), 1, TIME);
    await expect(files.readBlock({ file: 0, pos: 9 })).rejects.toMatchObject({ code: 'corrupt' });
    await expect(files.readBlock({ file: 0, pos: 0 })).rejects.toMatchObject({ code: 'missing' });
    await expect(files.readBlock({ file: 5, pos: 8 })).rejects.toMatchObject({ code: 'missing' });
    expect(() => files.readBlockSync({ file: 5, pos: 8 })).toThrow('Unable to');
  });

  it('prune whole files: forgotten first, removed later', async () => {
    const files = make();
    const places = [1, 2, 3].map(height => files.writeBlock(blockOf(60_000), height, TIME));
    files.writeUndo(blockOf(50), PREV, 0, 1);
    files.takeChangedFiles();
    files.pruneFile(0);
    expect(files.fileInfo(0).size).toBe(0);
    expect([...files.takeChangedFiles().keys()]).toEqual([0]);
    expect(files.hasFile(0)).toBe(true);
    files.unlinkFiles([0]);
    expect([0, 1, 2, 3].map(file => files.hasFile(file))).toEqual([false, true, true, false]);
    await expect(files.readBlock(places[0] ?? { file: 0, pos: 8 })).rejects.toMatchObject({
      code: 'missing',
    });
    expect(files.writeBlock(blockOf(60_000), 4, TIME).file).toBe(3);
  });

  it('keep blocks above a snapshot in files of their own', () => {
    const files = make();
    files.writeBlock(blockOf(100), 1, TIME);
    files.setSnapshotHeight(1000);
    expect(files.writeBlock(blockOf(100), 1001, TIME).file).toBe(1);
    expect(files.writeBlock(blockOf(100), 2, TIME).file).toBe(0);
    expect(files.writeBlock(blockOf(65_400), 3, TIME).file).toBe(2);
    expect(files.writeBlock(blockOf(100), 1002, TIME).file).toBe(1);
  });

  it('find their blocks again by scanning, and count them again', async () => {
    const files = make();
    const blocks = [200, 300, 100].map((size, i) => blockOf(size, i));
    const places = blocks.map((bytes, i) => files.writeBlock(bytes, i + 1, TIME));
    const infos = infosOf(files);
    expect(await scanned(files.scan(0))).toEqual(blocks.map((bytes, i) => [places[i]?.pos, toHex(bytes)]));
    files.load([]);
    blocks.forEach((bytes, i) => {
      files.noteBlock(bytes.length, i + 1, TIME, places[i] ?? { file: 0, pos: 0 });
    });
    expect(infosOf(files)).toEqual(infos);
  });

  it('drop unreachable files before a reindex', () => {
    const files = make();
    for (const height of [1, 2, 3, 4]) {
      const { file } = files.writeBlock(blockOf(60_000), height, TIME);
      files.writeUndo(blockOf(10), PREV, file, height);
    }
    files.unlinkFiles([1]);
    files.removeUnreachableFiles();
    expect([0, 1, 2, 3].map(file => files.hasFile(file))).toEqual([true, false, false, false]);
  });

  it('flush', async () => {
    const files = make();
    files.writeBlock(blockOf(100), 1, TIME);
    await files.flush();
    await files.flush();
  });
});

describe('block files on disk', () => {
  it("are laid out as Core's: magic, size, block; allocated in chunks", async () => {
    const directory = tempDirectory();
    const files = openIn(directory, { useXor: false, fastPrune: false });
    files.writeBlock(blockOf(100), 1, TIME);
    expect(files.takeGrown()).toBe(true);
    files.writeUndo(blockOf(5), PREV, 0, 1);
    files.writeBlock(blockOf(100), 2, TIME);
    expect(files.takeGrown()).toBe(true);
    expect(files.takeGrown()).toBe(false);
    const path = join(directory, 'blk00000.dat');
    expect(statSync(path).size).toBe(16 << 20);
    expect(statSync(join(directory, 'rev00000.dat')).size).toBe(1 << 20);
    expect(toHex(readFileSync(path).subarray(0, 108))).toBe(`fabfb5da64000000${toHex(blockOf(100))}`);
    expect(toHex(readFileSync(join(directory, 'xor.dat')))).toBe('0000000000000000');
  });

  it('are cut to what is used when they are left', () => {
    const directory = tempDirectory();
    const files = openIn(directory);
    const sizeOf = (name: string) => statSync(join(directory, name)).size;
    files.writeBlock(blockOf(40_000), 1, TIME);
    files.writeUndo(blockOf(10), PREV, 0, 1);
    expect(sizeOf('blk00000.dat')).toBe(48 << 10);
    files.writeBlock(blockOf(40_000), 2, TIME);
    expect(sizeOf('blk00000.dat')).toBe(40_008);
    expect(sizeOf('rev00000.dat')).toBe(50);
    // Undo data that lag behind: the undo file is cut when those of its highest block come.
    files.writeBlock(blockOf(40_000), 3, TIME);
    expect(existsSync(join(directory, 'rev00001.dat'))).toBe(false);
    files.writeUndo(blockOf(10), PREV, 1, 2);
    expect(sizeOf('rev00001.dat')).toBe(50);
  });

  it('are hidden by the offset in the file under the key in xor.dat', () => {
    const directory = tempDirectory();
    const files = openIn(directory);
    files.writeBlock(blockOf(13), 1, TIME);
    files.writeBlock(blockOf(100), 2, TIME);
    const key = readFileSync(join(directory, 'xor.dat'));
    const shown = readFileSync(join(directory, 'blk00000.dat')).map((byte, i) => byte ^ (key[i % 8] ?? 0));
    expect(toHex(shown.subarray(21, 129))).toBe(`fabfb5da64000000${toHex(blockOf(100))}`);
  });

  it('keep their key', async () => {
    const directory = tempDirectory();
    const first = openIn(directory);
    const at = first.writeBlock(blockOf(50), 1, TIME);
    const second = openIn(directory);
    expect(toHex(await second.readBlock(at))).toBe(toHex(blockOf(50)));
    const key = toHex(readFileSync(join(directory, 'xor.dat')));
    expect(() => openIn(directory, { useXor: false })).toThrow(StartError);
    expect(() => openIn(directory, { useXor: false })).toThrow(`Stored key: '${key}'`);
  });

  it('that are not hidden any more are not used before their key is taken away', async () => {
    const directory = tempDirectory();
    const genesis = blockOf(200);
    const open = (useXor: boolean) =>
      openBlockFiles({ directory, magic: MAGIC, useXor, genesis, fastPrune: true });
    const first = open(true);
    const at = first.writeBlock(genesis, 0, TIME);
    await first.close();
    const path = join(directory, 'blk00000.dat');
    const key = readFileSync(join(directory, 'xor.dat'));
    writeFileSync(
      path,
      readFileSync(path).map((byte, i) => byte ^ (key[i % 8] ?? 0)),
    );
    expect(() => open(false)).toThrow(StartError);
    expect(readFileSync(join(directory, 'xor.dat'))).toEqual(key);
    rmSync(join(directory, 'xor.dat'));
    const plain = open(false);
    expect(toHex(await plain.readBlock(at))).toBe(toHex(genesis));
    await plain.close();
    expect(toHex(readFileSync(join(directory, 'xor.dat')))).toBe('0000000000000000');
  });

  it('get no key in a directory that has files', () => {
    const directory = tempDirectory();
    writeFileSync(join(directory, 'blk00000.dat'), '');
    openIn(directory);
    expect(toHex(readFileSync(join(directory, 'xor.dat')))).toBe('0000000000000000');
  });

  it('read well while many files are open', async () => {
    const files = openIn(tempDirectory());
    const places = Array.from({ length: 40 }, (_, i) => files.writeBlock(blockOf(60_000, i), i, TIME));
    const read = await Promise.all(places.map(at => files.readBlock(at)));
    expect(read.map(bytes => toHex(bytes.subarray(0, 8)))).toEqual(
      places.map((_, i) => toHex(blockOf(8, i))),
    );
    files.unlinkFiles([3]);
    await expect(files.readBlock(places[3] ?? { file: 3, pos: 8 })).rejects.toMatchObject({
      code: 'missing',
    });
  });

  it.each([
    ['removed', (path: string) => rmSync(path)],
    ['moved away', (path: string) => renameSync(path, `${path}.bak`)],
  ])('tell of a file that was %s while it was open', async (_, harm) => {
    const directory = tempDirectory();
    const files = openIn(directory);
    const at = files.writeBlock(blockOf(100), 1, TIME);
    const undoAt = files.writeUndo(blockOf(10), PREV, 0, 1);
    await files.readBlock(at);
    await files.readUndo(undoAt, PREV);
    for (const name of ['blk00000.dat', 'rev00000.dat']) harm(join(directory, name));
    const missing = (name: string) => ({ code: 'missing', path: join(directory, name), remedy: '-reindex' });
    await expect(files.readBlock(at)).rejects.toMatchObject(missing('blk00000.dat'));
    await expect(files.readUndo(undoAt, PREV)).rejects.toMatchObject(missing('rev00000.dat'));
    expect(() => files.readBlockSync(at)).toThrow(StoreError);
    // What comes after it is not written to a file that nobody will find again.
    const next = files.writeBlock(blockOf(200), 2, TIME);
    expect(existsSync(join(directory, 'blk00000.dat'))).toBe(true);
    expect(toHex(await files.readBlock(next))).toBe(toHex(blockOf(200)));
  });

  it('tell of a block that is cut off', async () => {
    const directory = tempDirectory();
    const files = openIn(directory);
    const at = files.writeBlock(blockOf(1000), 1, TIME);
    truncateSync(join(directory, 'blk00000.dat'), 900);
    await expect(files.readBlock(at)).rejects.toMatchObject({ code: 'corrupt' });
  });
});

/** Makes a file one that may only be read, even for root. @returns what takes that back; undefined when it cannot be */
function writeProtect(path: string): (() => void) | undefined {
  chmodSync(path, 0o400);
  try {
    accessSync(path, constants.W_OK);
  } catch {
    return () => chmodSync(path, 0o600);
  }
  if (spawnSync('chattr', ['+i', path]).status !== 0) return undefined;
  return () => void spawnSync('chattr', ['-i', path]);
}

describe('block files that are write-protected', () => {
  it('are read, and not written', async ({ skip }) => {
    const directory = tempDirectory();
    const at = openIn(directory).writeBlock(blockOf(500), 1, TIME);
    const undo = writeProtect(join(directory, 'blk00000.dat'));
    if (undo === undefined) skip('no file can be protected from this user');
    onTestFinished(() => undo?.());
    const files = openIn(directory);
    expect(toHex(await files.readBlock(at))).toBe(toHex(blockOf(500)));
    expect((await scanned(files.scan(0))).map(([pos]) => pos)).toEqual([8]);
    expect(() => files.writeBlock(blockOf(10), 2, TIME)).toThrow('blk00000.dat');
    // Having been read does not stand in the way of writing once that is allowed.
    undo?.();
    files.load([{ ...EMPTY_FILE_INFO, size: 508 }]);
    expect(files.writeBlock(blockOf(10), 2, TIME)).toEqual({ file: 0, pos: 516 });
  });
});

describe('scanning', () => {
  const record = (bytes: Uint8Array) => {
    const header = Buffer.from([...MAGIC, 0, 0, 0, 0]);
    header.writeUInt32LE(bytes.length, 4);
    return Buffer.concat([header, bytes]);
  };
  const fileOf = (...parts: Uint8Array[]) => {
    const path = join(tempDirectory(), 'bootstrap.dat');
    writeFileSync(path, Buffer.concat(parts));
    return path;
  };

  it('passes over garbage, impossible sizes and a torn tail', async () => {
    const good = [blockOf(80, 1), blockOf(333, 2)];
    const path = fileOf(
      blockOf(1001),
      record(good[0] ?? PREV),
      record(blockOf(79)),
      Buffer.from([...MAGIC, 0xff, 0xff, 0xff, 0xff]),
      MAGIC.subarray(0, 3),
      record(good[1] ?? PREV),
      new Uint8Array(5000),
      record(blockOf(5000)).subarray(0, 4000),
    );
    const found = await scanned(scanBlockFile(path, MAGIC));
    expect(found.map(([, bytes]) => bytes)).toEqual(good.map(toHex));
  });

  it('finds blocks inside of what was rejected', async () => {
    const inner = blockOf(90, 3);
    const outer = Buffer.concat([new Uint8Array(10), record(inner), new Uint8Array(500)]);
    const sizes: number[] = [];
    for await (const block of scanBlockFile(fileOf(record(outer)), MAGIC)) {
      sizes.push(block.bytes.length);
      block.reject();
    }
    expect(sizes).toEqual([outer.length, inner.length]);
  });

  it('finds every record between any rubbish', async () => {
    const parts = fc.array(fc.tuple(fc.uint8Array({ maxLength: 50 }), fc.integer({ min: 80, max: 300 })), {
      maxLength: 8,
    });
    const path = join(tempDirectory(), 'any.dat');
    await fc.assert(
      fc.asyncProperty(parts, async list => {
        const bytes = list.flatMap(([rubbish, size]) => [
          rubbish.map(byte => byte & 0x7f),
          record(blockOf(size)),
        ]);
        writeFileSync(path, Buffer.concat(bytes));
        const found = await scanned(scanBlockFile(path, MAGIC));
        expect(found.map(([, hex]) => hex.length / 2)).toEqual(list.map(([, size]) => size));
      }),
      { numRuns: 30 },
    );
  });

  it('tells of a file that is not there', async () => {
    await expect(scanned(scanBlockFile('/nowhere/at/all', MAGIC))).rejects.toMatchObject({ code: 'missing' });
  });

  it.skipIf(!hasShared)('finds the first blocks of the main chain', async () => {
    const path = sharedPath('vectors/blocks/mainnet-000000-004521.blk.dat');
    let count = 0;
    for await (const { bytes } of scanBlockFile(path, Uint8Array.of(0xf9, 0xbe, 0xb4, 0xd9))) {
      if (count === 0) expect(bytes.length).toBe(285);
      count++;
    }
    expect(count).toBe(4522);
  });
});
