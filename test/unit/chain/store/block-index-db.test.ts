import { describe, expect, it } from 'vitest';
import {
  BlockIndexDb,
  type BlockIndexEntry,
  decodeFileInfo,
  decodeIndexEntry,
  encodeFileInfo,
  encodeIndexEntry,
} from '../../../../src/chain/store/block-index-db.js';
import { BlockStatus } from '../../../../src/chain/store/block-status.js';
import { type BlockFileInfo, EMPTY_FILE_INFO } from '../../../../src/chain/store/block-store.js';
import { MemoryStore } from '../../../../src/chain/store/memory-store.js';
import { hashToHex, toHex } from '../../../../src/primitives/bytes.js';
import { BlockHeader } from '../../../../src/primitives/header.js';

const GENESIS =
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c';
const header = new BlockHeader(Buffer.from(GENESIS, 'hex'));
const HAVE_BOTH = BlockStatus.VALID_SCRIPTS | BlockStatus.HAVE_DATA | BlockStatus.HAVE_UNDO;

function entry(changes: Partial<BlockIndexEntry> = {}): BlockIndexEntry {
  return {
    hash: header.hash,
    header,
    height: 0,
    status: 2,
    txCount: 0,
    file: 0,
    dataPos: 0,
    undoPos: 0,
    ...changes,
  };
}

const info: BlockFileInfo = {
  blocks: 3,
  size: 1000,
  undoSize: 129,
  heightFirst: 7,
  heightLast: 0x1234,
  timeFirst: 1_231_006_505,
  timeLast: 5_000_000_000,
};

async function entriesOf(db: BlockIndexDb): Promise<BlockIndexEntry[]> {
  const found: BlockIndexEntry[] = [];
  await db.readAll(entry => found.push(entry));
  return found;
}

describe('a block index entry', () => {
  it('of a header has version, height, status, count of transactions, and the header', () => {
    expect(toHex(encodeIndexEntry(entry({ height: 0x80, status: 2 })))).toBe(`8eed3c${'8000'}0200${GENESIS}`);
  });

  it('of a block says where its data and undo data are', () => {
    const whole = entry({ height: 1, status: HAVE_BOTH, txCount: 1, file: 2, dataPos: 8, undoPos: 0x80 });
    expect(toHex(encodeIndexEntry(whole))).toBe(`8eed3c011d010208${'8000'}${GENESIS}`);
  });

  it.each([0, BlockStatus.HAVE_DATA, BlockStatus.HAVE_UNDO, BlockStatus.HAVE_DATA | BlockStatus.HAVE_UNDO])(
    'comes back, with the places that its status (%d) has',
    have => {
      const status = BlockStatus.VALID_CHAIN | BlockStatus.OPT_WITNESS | have;
      const placed = { file: 9, dataPos: 123_456_789, undoPos: 99 };
      const back = decodeIndexEntry(
        header.hash,
        encodeIndexEntry(entry({ status, height: 840_000, ...placed })),
      );
      expect([back.height, back.status, toHex(back.header.raw)]).toEqual([840_000, status, GENESIS]);
      expect(back.file).toBe(have === 0 ? 0 : 9);
      expect(back.dataPos).toBe((have & BlockStatus.HAVE_DATA) === 0 ? 0 : 123_456_789);
      expect(back.undoPos).toBe((have & BlockStatus.HAVE_UNDO) === 0 ? 0 : 99);
    },
  );
});

describe('a file info', () => {
  it('is seven VarInts', () => {
    expect(toHex(encodeFileInfo(EMPTY_FILE_INFO))).toBe('00000000000000');
    expect(toHex(encodeFileInfo({ ...info, timeFirst: 0, timeLast: 0 }))).toBe('03866880010' + '7a3340000');
    expect(decodeFileInfo(encodeFileInfo(info))).toEqual(info);
  });
});

describe('BlockIndexDb', () => {
  it('is empty at first', async () => {
    const db = new BlockIndexDb(new MemoryStore());
    expect(db.readLastFile()).toBe(0);
    expect(db.readFileInfos()).toEqual([undefined]);
    expect(db.readFlag('prunedblockfiles')).toBeUndefined();
    expect(db.isReindexing()).toBe(false);
    expect(await entriesOf(db)).toEqual([]);
  });

  it("writes entries, files and the last file's number under Core's keys", async () => {
    const store = new MemoryStore();
    const db = new BlockIndexDb(store);
    await db.writeBatch({
      files: [
        [0, info],
        [1, EMPTY_FILE_INFO],
      ],
      lastFile: 1,
      entries: [entry()],
    });
    await db.writeFlag('prunedblockfiles', true);
    await db.writeReindexing(true);
    const records: [string, string][] = [];
    for await (const lot of store.iterate()) {
      for (const [key, value] of lot) records.push([toHex(key), toHex(value)]);
    }
    const flag = `4610${Buffer.from('prunedblockfiles').toString('hex')}`;
    expect(records).toEqual([
      [flag, '31'],
      ['52', '31'],
      [`62${toHex(header.hash)}`, toHex(encodeIndexEntry(entry()))],
      ['6600000000', toHex(encodeFileInfo(info))],
      ['6601000000', '00000000000000'],
      ['6c', '01000000'],
    ]);
    expect(db.readFileInfos()).toEqual([info, EMPTY_FILE_INFO]);
    expect(db.readFlag('prunedblockfiles')).toBe(true);
    expect(db.isReindexing()).toBe(true);
    await db.writeFlag('prunedblockfiles', false);
    await db.writeReindexing(false);
    expect(db.readFlag('prunedblockfiles')).toBe(false);
    expect(db.isReindexing()).toBe(false);
    expect((await entriesOf(db)).map(one => hashToHex(one.hash))).toEqual([hashToHex(header.hash)]);
  });

  it('knows of gaps, and of files after the last one', async () => {
    const db = new BlockIndexDb(new MemoryStore());
    await db.writeBatch({
      files: [
        [1, info],
        [2, info],
      ],
      lastFile: 1,
      entries: [],
    });
    expect(db.readFileInfos()).toEqual([undefined, info, info]);
  });

  it('says what to do about damaged records', async () => {
    const store = new MemoryStore('blocks/index');
    const batch = store.batch();
    batch.put(Buffer.concat([Buffer.from('b'), header.hash]), Uint8Array.of(1, 2));
    batch.put(Buffer.from('6600000000', 'hex'), Uint8Array.of(0x80));
    await batch.write();
    const db = new BlockIndexDb(store);
    await expect(entriesOf(db)).rejects.toMatchObject({ code: 'corrupt', remedy: '-reindex' });
    expect(() => db.readFileInfo(0)).toThrow('-reindex');
  });
});
