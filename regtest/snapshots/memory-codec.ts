import type { KeyValue, KeyValueStore } from '../../src/chain/store/kv.js';
import type { MemoryFlatFiles } from '../../src/chain/store/memory-flat-files.js';
import type { ChainParams } from '../../src/consensus/params.js';
import { NodeMemory } from '../../src/node/home.js';
import type { Reader, Writer } from '../../src/primitives/codec.js';

/*
 * What a node keeps, as bytes. Lists have their length before them, keys, values and texts theirs (CompactSize):
 *
 *   block index, coins           records: key, value
 *   coins of a snapshot in use   0, or 1 and the hash of its base; records
 *   block files, undo files      number, content (not hidden under a key)
 *   wallets                      name; records
 *   wallets to load at start     name
 *   mempool                      0, or 1 and the content of a mempool.dat
 */

/** Block files have 128 MiB at most; nothing else in a dump is as large. */
const MAX_CONTENT = 128 << 20;

const ABSENT = 0;
const PRESENT = 1;

export async function encodeMemory(memory: NodeMemory, writer: Writer): Promise<void> {
  const { index, coins, snapshot, blockFiles, undoFiles } = memory.chain;
  await writeStore(index, writer);
  await writeStore(coins, writer);
  writeOptional(snapshot.base(), writer);
  await writeStore(snapshot.coins, writer);
  writeFiles(blockFiles, writer);
  writeFiles(undoFiles, writer);
  const wallets = await memory.wallets.list();
  writer.compactSize(wallets.length);
  for (const name of wallets) {
    writer.varString(name);
    await writeStore(memory.wallets.store(name), writer);
  }
  writer.compactSize(memory.walletsToLoad.length);
  for (const name of memory.walletsToLoad) writer.varString(name);
  writeOptional(memory.mempool, writer);
}

/** @throws DecodeError */
export async function decodeMemory(reader: Reader, params: ChainParams): Promise<NodeMemory> {
  const memory = NodeMemory.empty(params);
  const { index, coins, snapshot, blockFiles, undoFiles } = memory.chain;
  await readStore(index, reader);
  await readStore(coins, reader);
  const base = readOptional(reader);
  await readStore(snapshot.coins, reader);
  if (base !== undefined) await snapshot.use(base);
  readFiles(blockFiles, reader);
  readFiles(undoFiles, reader);
  for (let left = reader.compactSize(); left > 0; left--) {
    await readStore(memory.wallets.store(reader.varString()), reader);
  }
  for (let left = reader.compactSize(); left > 0; left--) memory.add(reader.varString());
  memory.mempool = readOptional(reader);
  return memory;
}

async function writeStore(store: KeyValueStore, writer: Writer): Promise<void> {
  const records: KeyValue[] = [];
  for await (const lot of store.iterate()) records.push(...lot);
  writer.compactSize(records.length);
  for (const [key, value] of records) writer.varBytes(key).varBytes(value);
}

async function readStore(store: KeyValueStore, reader: Reader): Promise<void> {
  const batch = store.batch();
  for (let left = reader.compactSize(); left > 0; left--) batch.put(reader.varBytes(), reader.varBytes());
  await batch.write();
}

function writeFiles(files: MemoryFlatFiles, writer: Writer): void {
  const numbers = files.list();
  writer.compactSize(numbers.length);
  for (const file of numbers) {
    const content = files.content(file);
    // Larger than a CompactSize may be.
    writer.u32(file).u32(content.length).bytes(content);
  }
}

function readFiles(files: MemoryFlatFiles, reader: Reader): void {
  for (let left = reader.compactSize(); left > 0; left--) {
    const file = reader.u32();
    files.write(file, 0, reader.take(Math.min(reader.u32(), MAX_CONTENT)));
  }
}

function writeOptional(bytes: Uint8Array | undefined, writer: Writer): void {
  if (bytes === undefined) writer.u8(ABSENT);
  else writer.u8(PRESENT).u32(bytes.length).bytes(bytes);
}

function readOptional(reader: Reader): Uint8Array | undefined {
  return reader.u8() === ABSENT ? undefined : Uint8Array.from(reader.take(reader.u32()));
}
