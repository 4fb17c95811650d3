import { LevelDamage, LevelReader } from './level-coding.js';
import { logRecords } from './level-log.js';

/** Tags of the fields of a version edit. */
const COMPARATOR = 1;
const LOG_NUMBER = 2;
const NEXT_FILE_NUMBER = 3;
const LAST_SEQUENCE = 4;
const COMPACT_POINTER = 5;
const DELETED_FILE = 6;
const NEW_FILE = 7;
const PREVIOUS_LOG_NUMBER = 9;

/** The files that a database is made of, as its manifest tells. */
export interface LevelFiles {
  /** Sizes of the tables by their numbers. */
  readonly tables: ReadonlyMap<number, number>;
  /** Changes that are in no table yet are in this log and those of higher numbers; 0 in a database never written to. */
  readonly firstLog: number;
  /** An older log that counts as well, 0 for none. Only old versions of LevelDB had one. */
  readonly previousLog: number;
}

/** Reads a manifest: changes to the set of files, one after the other. @throws LevelDamage */
export function readManifest(bytes: Uint8Array): LevelFiles {
  const seen: SeenFields = { tables: new Map(), numbers: new Map() };
  for (const record of logRecords(bytes)) {
    const reader = new LevelReader(record);
    while (!reader.isAtEnd) readField(reader, seen);
  }
  const { tables, numbers } = seen;
  const firstLog = numbers.get(LOG_NUMBER);
  if (firstLog === undefined || !numbers.has(NEXT_FILE_NUMBER) || !numbers.has(LAST_SEQUENCE)) {
    throw new LevelDamage('it has no beginning');
  }
  return { tables, firstLog, previousLog: numbers.get(PREVIOUS_LOG_NUMBER) ?? 0 };
}

interface SeenFields {
  readonly tables: Map<number, number>;
  /** The last value of each field that is one number, by its tag. */
  readonly numbers: Map<number, number>;
}

function readField(reader: LevelReader, { tables, numbers }: SeenFields): void {
  const tag = reader.varint();
  switch (tag) {
    case COMPARATOR:
      reader.string();
      return;
    case LOG_NUMBER:
    case PREVIOUS_LOG_NUMBER:
    case NEXT_FILE_NUMBER:
    case LAST_SEQUENCE:
      numbers.set(tag, reader.varint());
      return;
    case COMPACT_POINTER:
      reader.varint();
      reader.string();
      return;
    case DELETED_FILE:
      reader.varint();
      tables.delete(reader.varint());
      return;
    case NEW_FILE:
      reader.varint();
      tables.set(reader.varint(), reader.varint());
      reader.string();
      reader.string();
      return;
    default:
      throw new LevelDamage(`unknown field ${tag}`);
  }
}
