import { concatBytes, EMPTY_BYTES } from '../../../primitives/bytes.js';
import { LevelDamage, maskedChecksum, u32 } from './level-coding.js';

/*
 * LevelDB's log files and manifests: blocks of 32 KiB, each with fragments of records. A fragment is a checksum (4 bytes)
 * of all that follows the length, a length (2 bytes), what part of its record it is, and the data. Less than a header's
 * bytes at the end of a block are not used.
 */
const BLOCK_SIZE = 32 * 1024;
const HEADER_SIZE = 7;

/** Kinds of fragments: room that was allocated and not used, a whole record, and the parts of one (3 is in the middle). */
const UNUSED = 0;
const FULL = 1;
const FIRST = 2;
const LAST = 4;

/**
 * The records of a log, one after the other. A last record that is cut off is passed over, as LevelDB does: that is what
 * the end of a process in the middle of a write leaves behind.
 *
 * @throws LevelDamage on everything else that LevelDB would not write, which by itself it passes over as well
 */
export function* logRecords(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] | undefined;
  for (const { type, data } of fragments(bytes)) {
    // Old versions wrote empty beginnings.
    const isOpen = parts?.some(part => part.length > 0) === true;
    const begins = type === FULL || type === FIRST;
    if (isOpen && (begins || type === UNUSED)) throw new LevelDamage('a record has no end');
    if (type === UNUSED) continue;
    if (begins) parts = [];
    if (parts === undefined) throw new LevelDamage('a record has no beginning');
    parts.push(data);
    if (type !== FULL && type !== LAST) continue;
    yield concatBytes(...parts);
    parts = undefined;
  }
}

interface Fragment {
  readonly type: number;
  readonly data: Uint8Array;
}

function* fragments(bytes: Uint8Array): Generator<Fragment, void, undefined> {
  for (let block = 0; block < bytes.length; block += BLOCK_SIZE) {
    const end = Math.min(block + BLOCK_SIZE, bytes.length);
    const isLast = end - block < BLOCK_SIZE;
    let at = block;
    while (end - at >= HEADER_SIZE) {
      const data = at + HEADER_SIZE;
      const length = (bytes[at + 4] as number) + (bytes[at + 5] as number) * 256;
      const type = bytes[at + 6] as number;
      if (data + length > end) {
        if (isLast) return;
        throw new LevelDamage(`bad length of a record at ${at}`);
      }
      if (type === UNUSED && length === 0) {
        yield { type, data: EMPTY_BYTES };
        break;
      }
      if (u32(bytes, at) !== maskedChecksum(bytes.subarray(at + 6, data + length))) {
        throw new LevelDamage(`checksum mismatch at ${at}`);
      }
      if (type < FULL || type > LAST) throw new LevelDamage(`unknown kind of record at ${at}`);
      yield { type, data: bytes.subarray(data, data + length) };
      at = data + length;
    }
  }
}
