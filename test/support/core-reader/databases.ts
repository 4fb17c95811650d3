import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { readHeader } from './block.js';
import { type Output, outputBytes, readOutput } from './compression.js';
import { Cursor, FormatError, varIntBytes } from './cursor.js';
import { xor } from './flat-files.js';
import { hashText, hex } from './hashing.js';
import { type CoinData, codeBytes } from './undo.js';

/**
 * All records of a LevelDB directory in the order of their keys. LevelDB itself is the one thing that is not written
 * anew here: classic-level, the binding under `level`, is what opens it. A copy is opened, for opening changes files.
 */
async function allRecords(directory: string): Promise<[key: Uint8Array, value: Uint8Array][]> {
  const folder = mkdtempSync(join(tmpdir(), 'core-reader-'));
  try {
    cpSync(directory, folder, { recursive: true });
    const options = { keyEncoding: 'view', valueEncoding: 'view', createIfMissing: false } as const;
    const database = new ClassicLevel<Uint8Array, Uint8Array>(folder, options);
    await database.open();
    const records = await database.iterator().all();
    await database.close();
    return records;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Core's names of the bits (chain.h). The lowest three are a level. */
export const STATUS = {
  LEVEL: 7,
  TREE: 2,
  TRANSACTIONS: 3,
  SCRIPTS: 5,
  HAVE_DATA: 8,
  HAVE_UNDO: 16,
  FAILED_VALID: 32,
  FAILED_CHILD: 64,
  OPT_WITNESS: 128,
} as const;

export interface IndexRecord {
  readonly hash: string;
  readonly version: number;
  readonly height: number;
  readonly status: number;
  readonly txCount: number;
  /** Undefined where the record has none: it is there with data or undo data only. */
  readonly file: number | undefined;
  readonly dataPos: number | undefined;
  readonly undoPos: number | undefined;
  readonly prev: string;
  readonly time: number;
}

export interface FileInfoRecord {
  readonly blocks: number;
  readonly size: number;
  readonly undoSize: number;
  readonly heightFirst: number;
  readonly heightLast: number;
  readonly timeFirst: number;
  readonly timeLast: number;
}

export interface BlockIndex {
  readonly blocks: ReadonlyMap<string, IndexRecord>;
  readonly files: ReadonlyMap<number, FileInfoRecord>;
  readonly lastFile: number | undefined;
  readonly flags: ReadonlyMap<string, string>;
  readonly reindexing: boolean;
  /** Every record in hex, for comparing databases whole. */
  readonly raw: ReadonlyMap<string, string>;
}

/** The database `blocks/index`. @throws FormatError on any record that is not of the format */
export async function readBlockIndex(blocksDir: string): Promise<BlockIndex> {
  const blocks = new Map<string, IndexRecord>();
  const files = new Map<number, FileInfoRecord>();
  const flags = new Map<string, string>();
  const raw = new Map<string, string>();
  let lastFile: number | undefined;
  let reindexing = false;
  for (const [key, value] of await allRecords(join(blocksDir, 'index'))) {
    raw.set(hex(key), hex(value));
    const kind = String.fromCharCode(key[0] ?? 0);
    const name = new Cursor(key, 1);
    const content = new Cursor(value);
    if (kind === 'b') {
      const record = readIndexRecord(content);
      if (hashText(name.take(32)) !== record.hash)
        throw new FormatError('a block is filed under another hash');
      blocks.set(record.hash, record);
    } else if (kind === 'f') files.set(name.i32(), readFileInfo(content));
    else if (kind === 'l') lastFile = content.i32();
    else if (kind === 'F')
      flags.set(Buffer.from(name.prefixed()).toString('latin1'), String.fromCharCode(content.u8()));
    else if (kind === 'R') reindexing = content.u8() === 0x31;
    else throw new FormatError(`unknown record ${hex(key)}`);
    name.end();
    content.end();
  }
  return { blocks, files, lastFile, flags, reindexing, raw };
}

function readIndexRecord(cursor: Cursor): IndexRecord {
  const version = cursor.varNumber();
  const height = cursor.varNumber();
  const status = cursor.varNumber();
  const txCount = cursor.varNumber();
  const has = (bits: number) => (status & bits) !== 0;
  const file = has(STATUS.HAVE_DATA | STATUS.HAVE_UNDO) ? cursor.varNumber() : undefined;
  const dataPos = has(STATUS.HAVE_DATA) ? cursor.varNumber() : undefined;
  const undoPos = has(STATUS.HAVE_UNDO) ? cursor.varNumber() : undefined;
  const { hash, prev, time } = readHeader(cursor.take(80));
  return { hash, version, height, status, txCount, file, dataPos, undoPos, prev, time };
}

function readFileInfo(cursor: Cursor): FileInfoRecord {
  return {
    blocks: cursor.varNumber(),
    size: cursor.varNumber(),
    undoSize: cursor.varNumber(),
    heightFirst: cursor.varNumber(),
    heightLast: cursor.varNumber(),
    timeFirst: cursor.varNumber(),
    timeLast: cursor.varNumber(),
  };
}

export interface Chainstate {
  /** By `txid:index`. */
  readonly coins: ReadonlyMap<string, CoinData>;
  readonly best: string | undefined;
  /** New and old tip of a write that was cut off. */
  readonly heads: readonly string[] | undefined;
  readonly key: Uint8Array;
  /** Every record but the key in hex, without obfuscation. */
  readonly raw: ReadonlyMap<string, string>;
}

/** A string of 14 bytes under its length, the first of them zero so that it comes before all other keys. */
const KEY_RECORD = hex(Uint8Array.from([14, 0, ...Buffer.from('obfuscate_key', 'latin1')]));

/** The database `chainstate`. @throws FormatError on any record that is not of the format */
export async function readChainstate(directory: string): Promise<Chainstate> {
  const records = await allRecords(directory);
  const [first] = records;
  if (first === undefined || hex(first[0]) !== KEY_RECORD) throw new FormatError('no obfuscation key');
  const stored = new Cursor(first[1]);
  const key = stored.prefixed();
  stored.end();
  if (key.length !== 8) throw new FormatError('the obfuscation key has not 8 bytes');

  const coins = new Map<string, CoinData>();
  const raw = new Map<string, string>();
  let best: string | undefined;
  let heads: string[] | undefined;
  for (const [name, hidden] of records.slice(1)) {
    const value = xor(hidden, key);
    raw.set(hex(name), hex(value));
    const content = new Cursor(value);
    const kind = String.fromCharCode(name[0] ?? 0);
    if (kind === 'C') coins.set(...readCoin(name, content));
    else if (kind === 'B' && name.length === 1) best = hashText(content.take(32));
    else if (kind === 'H' && name.length === 1) heads = content.list(() => hashText(content.take(32)));
    else throw new FormatError(`unknown record ${hex(name)}`);
    content.end();
  }
  return { coins, best, heads, key, raw };
}

function readCoin(name: Uint8Array, content: Cursor): [outpoint: string, coin: CoinData] {
  const outpoint = new Cursor(name, 1);
  const txid = hashText(outpoint.take(32));
  const index = outpoint.varNumber();
  outpoint.end();
  const code = content.varNumber();
  const output: Output = readOutput(content);
  const coin = { height: Math.floor(code / 2), coinbase: code % 2 === 1, ...output };
  // There is one way to write a coin; another one that reads the same is not Core's.
  if (hex(Uint8Array.from(coinBytes(coin))) !== hex(content.bytes))
    throw new FormatError(`${txid}:${index} is not written as Core writes it`);
  return [`${txid}:${index}`, coin];
}

function coinBytes(coin: CoinData): number[] {
  return [...codeBytes(coin), ...outputBytes(coin)];
}

/** The records that these coins make, as {@link Chainstate.raw} has them. */
export function coinRecords(coins: ReadonlyMap<string, CoinData>): Map<string, string> {
  return new Map(
    [...coins].map(([outpoint, coin]) => {
      const [txid = '', index = ''] = outpoint.split(':');
      const hash = Buffer.from(txid, 'hex').reverse();
      const key = Uint8Array.from([0x43, ...hash, ...varIntBytes(BigInt(index))]);
      return [hex(key), hex(Uint8Array.from(coinBytes(coin)))];
    }),
  );
}
