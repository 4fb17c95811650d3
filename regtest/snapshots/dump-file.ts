import { hash } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { bytesEqual } from '../../src/primitives/bytes.js';
import { Reader, Writer } from '../../src/primitives/codec.js';
import { errorMessage } from '../../src/runtime/errors.js';
import { DumpError } from './dump-error.js';

/*
 * The frame of a dump (docs/DUMP-FORMAT.md), integers little-endian:
 *
 *   0   8 bytes    magic
 *   8   uint32     version
 *   12  uint64     length of the body
 *   20  32 bytes   SHA-256 of bytes 0 to 19 and the body
 *   52             body
 */

/** Like that of PNG files: a first byte that is no text, and line ends that a transfer as text would change. */
const MAGIC = Buffer.from('\x89BSMLAB\n', 'latin1');
/** Of the body: what a program of this version writes, and the only one it reads. */
export const DUMP_VERSION = 1;
const HASH_AT = 20;
const BODY_AT = 52;

/** It is written and read in one piece of memory: two nodes with a hundred thousand full transactions each. */
export const MAX_DUMP_BYTES = 1 << 30;

/**
 * Writes a dump to a new file beside `file`, which then takes its place: there is always a whole one.
 *
 * @returns its length
 * @throws DumpError
 */
export async function writeDumpFile(file: string, body: Uint8Array): Promise<number> {
  if (BODY_AT + body.length > MAX_DUMP_BYTES) throw tooLarge(file, body.length);
  const head = new Writer(BODY_AT).bytes(MAGIC).u32(DUMP_VERSION).u64(BigInt(body.length)).finish();
  const part = `${file}.${process.pid}.part`;
  try {
    const handle = await open(part, 'w', 0o600);
    try {
      for (const bytes of [head, checksum(head, body), body]) await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (thrown) {
    await rm(part, { force: true }).catch(() => {});
    throw new DumpError('unwritable', `cannot write ${file}: ${errorMessage(thrown)}`, { cause: thrown });
  }
  return BODY_AT + body.length;
}

/** The body of a dump. @throws DumpError when there is no such file, or it is not a whole dump of this version */
export async function readDumpFile(file: string): Promise<Uint8Array> {
  return bodyOf(await read(file), file);
}

async function read(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > MAX_DUMP_BYTES) throw tooLarge(file, size);
    return await readFile(file);
  } catch (thrown) {
    if (thrown instanceof DumpError) throw thrown;
    throw new DumpError('no-file', `cannot read ${file}: ${errorMessage(thrown)}`, { cause: thrown });
  }
}

function bodyOf(bytes: Uint8Array, file: string): Uint8Array {
  if (!bytesEqual(bytes.subarray(0, MAGIC.length), MAGIC)) {
    throw new DumpError('not-a-dump', `${file} is not a dump of a network`);
  }
  const damaged = (why: string) => new DumpError('damaged', `${file} is damaged: ${why}`);
  if (bytes.length < BODY_AT) throw damaged('it ends within its head');
  const reader = new Reader(bytes.subarray(MAGIC.length));
  const version = reader.u32();
  if (version > DUMP_VERSION) {
    throw new DumpError(
      'newer-version',
      `${file} has version ${version}; this program reads version ${DUMP_VERSION}`,
    );
  }
  const body = bytes.subarray(BODY_AT);
  const length = reader.u64();
  if (length !== BigInt(body.length))
    throw damaged(`it should have ${length} bytes after its head, and has ${body.length}`);
  if (!bytesEqual(checksum(bytes.subarray(0, HASH_AT), body), bytes.subarray(HASH_AT, BODY_AT))) {
    throw damaged('its checksum does not match');
  }
  if (version !== DUMP_VERSION) throw damaged(`there is no version ${version}`);
  return body;
}

function checksum(head: Uint8Array, body: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([head, body]), 'buffer');
}

function tooLarge(file: string, bytes: number): DumpError {
  return new DumpError(
    'too-large',
    `${file}: a dump has ${MAX_DUMP_BYTES} bytes at most, and this would have ${bytes}`,
  );
}
