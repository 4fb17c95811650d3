import { bytesEqual } from '../../../primitives/bytes.js';
import { LevelDamage, LevelReader, maskedChecksum, u32 } from './level-coding.js';

/*
 * LevelDB's table files: blocks of records in the order of their keys, the block of the Bloom filter, a block that says
 * where filters are, the index of the blocks of records, and a footer that says where the last two are. After each block
 * comes a byte for its compression, and the checksum of both. Nothing lies in between.
 */
const FOOTER_SIZE = 48;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');

/** Compression and checksum after a block. */
const TRAILER_SIZE = 5;
const NOT_COMPRESSED = 0;

interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

/**
 * Checks that every byte of a table is as it was written.
 *
 * @throws LevelDamage with what is wrong
 */
export function checkTable(file: Uint8Array): void {
  const footerAt = file.length - FOOTER_SIZE;
  if (footerAt < 0) throw new LevelDamage('file is too short to be a table');
  if (!bytesEqual(file.subarray(file.length - MAGIC.length), MAGIC))
    throw new LevelDamage('bad magic number');
  const footer = new LevelReader(file.subarray(footerAt));
  const filters = readHandle(footer);
  const index = readHandle(footer);
  const inIndex = handlesIn(checkedBlock(file, index));
  const inFilters = handlesIn(checkedBlock(file, filters));
  let end = 0;
  for (const handle of [...inIndex, ...inFilters, filters, index]) {
    if (handle.offset !== end) throw new LevelDamage(`no block is known to lie at ${end}`);
    checkedBlock(file, handle);
    end += handle.size + TRAILER_SIZE;
  }
  if (end !== footerAt) throw new LevelDamage(`no block is known to lie at ${end}`);
}

function readHandle(reader: LevelReader): BlockHandle {
  return { offset: reader.varint(), size: reader.varint() };
}

function checkedBlock(file: Uint8Array, { offset, size }: BlockHandle): Uint8Array {
  const end = offset + size;
  if (end + TRAILER_SIZE > file.length - FOOTER_SIZE)
    throw new LevelDamage('a block ends behind the end of the file');
  if (file[end] !== NOT_COMPRESSED) throw new LevelDamage(`block at ${offset} is compressed`);
  if (u32(file, end + 1) !== maskedChecksum(file.subarray(offset, end + 1))) {
    throw new LevelDamage(`block checksum mismatch at ${offset}`);
  }
  return file.subarray(offset, end);
}

/** The handles that are the values of a block's records. A record tells how much of its key it shares with the last one. */
function handlesIn(block: Uint8Array): BlockHandle[] {
  if (block.length < 4) throw new LevelDamage('a block is too short');
  const restarts = u32(block, block.length - 4);
  const end = block.length - 4 - restarts * 4;
  if (end < 0) throw new LevelDamage('a block is too short');
  const reader = new LevelReader(block.subarray(0, end));
  const handles: BlockHandle[] = [];
  while (!reader.isAtEnd) {
    reader.varint();
    const keySize = reader.varint();
    const valueSize = reader.varint();
    reader.take(keySize);
    handles.push(readHandle(new LevelReader(reader.take(valueSize))));
  }
  return handles;
}
