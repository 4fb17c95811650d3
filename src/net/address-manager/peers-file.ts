import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sha256d } from '../../crypto/hash.js';
import { bytesEqual, concatBytes, ZERO_HASH } from '../../primitives/bytes.js';
import { DecodeError, Reader, Writer } from '../../primitives/codec.js';
import { errorMessage, StartError } from '../../runtime/errors.js';
import { writeFileAtomically } from '../../runtime/files.js';
import type { Logger } from '../../runtime/logger.js';
import {
  type PeerAddress,
  readAddressDisk,
  readHostDisk,
  writeAddressDisk,
  writeHostDisk,
} from '../address/peer-address.js';
import { AddressManager, type AddressManagerModules } from './address-manager.js';
import { BUCKET_SIZE, Buckets, NEW_BUCKET_COUNT, TRIED_BUCKET_COUNT } from './buckets.js';
import { type AddressEntry, AddressTables, MAX_NEW_REFERENCES } from './tables.js';

export const PEERS_FILE = 'peers.dat';
export const ANCHORS_FILE = 'anchors.dat';

/** Core's format since version 22: several ports of one host. Older readers must not try. */
const FORMAT = 4;
const LOWEST_COMPATIBLE = 4;
const INCOMPATIBILITY_BASE = 32;
/** The first format with addresses in BIP155 form; older files are of no use any more. */
const LOWEST_READABLE = 3;
/** Marks that the bucket count is followed by format fields of its own. */
const BUCKET_COUNT_MARK = 1 << 30;
/** More than a node writes; bounds what a damaged file makes us read. */
const MAX_STORED_ANCHORS = 100;
const MAGIC_SIZE = 4;
const CHECKSUM_SIZE = 32;

/** The file was written by a newer node. */
class UnsupportedVersion extends Error {}

/** Content of peers.dat without magic and checksum. */
export function encodeTables(tables: AddressTables): Uint8Array {
  const writer = new Writer(1 << 16).u8(FORMAT).u8(INCOMPATIBILITY_BASE + LOWEST_COMPATIBLE);
  const entries = [...tables.entries.values()];
  const inNew = entries.filter(entry => entry.references > 0);
  const inTried = entries.filter(entry => entry.inTried);
  writer.bytes(tables.buckets.key).i32(inNew.length).i32(inTried.length);
  writer.i32(NEW_BUCKET_COUNT ^ BUCKET_COUNT_MARK);
  for (const entry of [...inNew, ...inTried]) writeEntry(writer, entry);
  const indexes = new Map(inNew.map((entry, index) => [entry.id, index]));
  const buckets = Array.from({ length: NEW_BUCKET_COUNT }, (): number[] => []);
  for (const [{ bucket }, { id }] of tables.slots(false)) buckets[bucket]?.push(indexes.get(id) ?? -1);
  for (const bucket of buckets) {
    writer.i32(bucket.length);
    for (const index of bucket) writer.i32(index);
  }
  // Checksum of the map of autonomous systems: we use none.
  return writer.bytes(ZERO_HASH).finish();
}

/** @throws DecodeError when the content is damaged; UnsupportedVersion when it is from the future */
export function decodeTables(content: Uint8Array, logger: Logger): AddressTables {
  const reader = new Reader(content);
  const format = reader.u8();
  checkFormat(format, reader.u8());
  const tables = new AddressTables(new Buckets(reader.take(32).slice()), logger);
  const newCount = readCount(reader, 'nNew', NEW_BUCKET_COUNT * BUCKET_SIZE);
  const triedCount = readCount(reader, 'nTried', TRIED_BUCKET_COUNT * BUCKET_SIZE);
  const bucketCount = reader.i32() ^ BUCKET_COUNT_MARK;
  const inNew = Array.from({ length: newCount }, () => readEntry(reader, tables));
  let lostTried = 0;
  for (let i = 0; i < triedCount; i++) if (!readTried(reader, tables)) lostTried++;
  readBuckets(reader, tables, inNew, bucketCount);
  // Checksum of the map of autonomous systems that the buckets were made with: places are looked at one by one anyway.
  reader.skip(CHECKSUM_SIZE);
  const lostNew = dropUnplaced(tables, inNew);
  if (lostTried + lostNew > 0) {
    const lost = `addrman lost ${lostNew} new and ${lostTried} tried addresses`;
    logger.debug('addrman', `${lost} due to collisions or invalid addresses`);
  }
  return tables;
}

function checkFormat(format: number, compatibility: number): void {
  if (compatibility < INCOMPATIBILITY_BASE) {
    throw new DecodeError(
      `Corrupted addrman database: The compat value (${compatibility}) is lower than the expected minimum value ${INCOMPATIBILITY_BASE}.`,
    );
  }
  const lowest = compatibility - INCOMPATIBILITY_BASE;
  if (lowest > FORMAT || format < LOWEST_READABLE) {
    throw new UnsupportedVersion(`Unsupported format of addrman database: ${format}`);
  }
}

function readCount(reader: Reader, name: string, max: number): number {
  const count = reader.i32();
  if (count < 0 || count > max) {
    throw new DecodeError(`Corrupt AddrMan serialization: ${name}=${count}, should be in [0, ${max}]`);
  }
  return count;
}

function writeEntry(writer: Writer, entry: AddressEntry): void {
  writeAddressDisk(writer, entry);
  writeHostDisk(writer, entry.source);
  writer.i64(BigInt(entry.lastSuccess)).i32(entry.attempts);
}

/** Undefined when an address comes twice: the first one counts. */
function readEntry(reader: Reader, tables: AddressTables): AddressEntry | undefined {
  const address = readAddressDisk(reader);
  const source = readHostDisk(reader);
  const lastSuccess = Number(reader.i64());
  const attempts = reader.i32();
  if (tables.find(address.endpoint) !== undefined) return undefined;
  const entry = tables.create(address, source);
  entry.lastSuccess = lastSuccess;
  entry.attempts = attempts;
  return entry;
}

function readTried(reader: Reader, tables: AddressTables): boolean {
  const entry = readEntry(reader, tables);
  if (entry === undefined) return false;
  const place = tables.triedPlace(entry);
  if (!entry.endpoint.isValid || tables.at(true, place) !== undefined) {
    tables.delete(entry);
    return false;
  }
  tables.uncountNew(entry);
  tables.putTried(entry, place);
  return true;
}

function readBuckets(
  reader: Reader,
  tables: AddressTables,
  inNew: readonly (AddressEntry | undefined)[],
  bucketCount: number,
): void {
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    for (let left = reader.i32(); left > 0; left--) {
      const entry = inNew[reader.i32()];
      if (entry === undefined || !entry.endpoint.isValid || entry.references >= MAX_NEW_REFERENCES) continue;
      const stored = tables.newPlaceIn(entry, bucket);
      const isFree = bucketCount === NEW_BUCKET_COUNT && tables.at(false, stored) === undefined;
      const place = isFree ? stored : tables.newPlace(entry);
      if (tables.at(false, place) === undefined) tables.placeInNew(entry, place);
    }
  }
}

function dropUnplaced(tables: AddressTables, inNew: readonly (AddressEntry | undefined)[]): number {
  const unplaced = inNew.filter(entry => entry !== undefined && entry.references === 0);
  for (const entry of unplaced) if (entry !== undefined) tables.delete(entry);
  return unplaced.length;
}

/** Frames `content` as Core frames its address files: network magic before, double SHA-256 of both after it. */
function seal(magic: Uint8Array, content: Uint8Array): Uint8Array {
  const data = concatBytes(magic, content);
  return concatBytes(data, sha256d(data));
}

/** @throws DecodeError when the frame is not ours */
function unseal(magic: Uint8Array, file: Uint8Array): Uint8Array {
  if (file.length < MAGIC_SIZE + CHECKSUM_SIZE) throw new DecodeError('end of file');
  if (!bytesEqual(file.subarray(0, MAGIC_SIZE), magic)) throw new DecodeError('Invalid network magic number');
  const data = file.subarray(0, file.length - CHECKSUM_SIZE);
  if (!bytesEqual(sha256d(data), file.subarray(data.length))) {
    throw new DecodeError('Checksum mismatch, data corrupted');
  }
  return data.subarray(MAGIC_SIZE);
}

export function savePeers(dataDir: string, magic: Uint8Array, manager: AddressManager): void {
  writeFileAtomically(join(dataDir, PEERS_FILE), seal(magic, encodeTables(manager.tables)));
}

/**
 * Reads peers.dat. Without one, or with one from a newer node (which is kept as `peers.dat.bak`), starts empty.
 *
 * @throws StartError when the file is damaged
 */
export function loadPeers(
  dataDir: string,
  magic: Uint8Array,
  modules: AddressManagerModules,
): AddressManager {
  const path = join(dataDir, PEERS_FILE);
  const { logger } = modules;
  let manager = new AddressManager(modules);
  if (!existsSync(path)) {
    logger.info(`Creating peers.dat because the file was not found ("${path}")`);
    savePeers(dataDir, magic, manager);
    return manager;
  }
  try {
    const tables = decodeTables(unseal(magic, readFileSync(path)), logger);
    tables.check();
    manager = new AddressManager(modules, tables);
    logger.info(`Loaded ${manager.size} addresses from peers.dat  0ms`);
  } catch (thrown) {
    if (!(thrown instanceof UnsupportedVersion)) throw damaged(path, thrown);
    renameSync(path, `${path}.bak`);
    const why = 'because the file version was not compatible';
    logger.info(`Creating new peers.dat ${why} ("${path}"). Original backed up to peers.dat.bak`);
    savePeers(dataDir, magic, manager);
  }
  return manager;
}

function damaged(path: string, thrown: unknown): StartError {
  const remedy = `you can move the file ("${path}") out of the way (rename, move, or delete)`;
  return new StartError(
    `Invalid or corrupt peers.dat (${errorMessage(thrown)}). If you believe this is a bug, please report it to the project's issue tracker. As a workaround, ${remedy} to have a new one created on the next start.`,
  );
}

/** Block-relay peers of the last run, to connect to again: whoever isolates us by a restart has to hold them too. */
export function saveAnchors(dataDir: string, magic: Uint8Array, anchors: readonly PeerAddress[]): void {
  const writer = new Writer().compactSize(anchors.length);
  for (const anchor of anchors) writeAddressDisk(writer, anchor);
  writeFileAtomically(join(dataDir, ANCHORS_FILE), seal(magic, writer.finish()));
}

/**
 * What {@link saveAnchors} wrote; none when there is no file or it is damaged. The file is gone afterwards: anchors that
 * make the node crash are not tried again.
 */
export function takeAnchors(dataDir: string, magic: Uint8Array, logger: Logger): PeerAddress[] {
  const path = join(dataDir, ANCHORS_FILE);
  let anchors: PeerAddress[] = [];
  try {
    const reader = new Reader(unseal(magic, readFileSync(path)));
    anchors = Array.from({ length: reader.compactSize(MAX_STORED_ANCHORS) }, () => readAddressDisk(reader));
    logger.info(`Loaded ${anchors.length} addresses from "${ANCHORS_FILE}"`);
  } catch {
    // Anchors are a help, not a need.
  }
  rmSync(path, { force: true });
  return anchors;
}
