import { HEADER_SIZE } from '../../primitives/header.js';
import { WORK_WORDS } from './work.js';

/** Columns grow by a quarter: little is wasted at a million headers, and each header is copied about four times. */
const GROWTH = 1.25;

/** Chains of tests and of the lab are short, and many at once. */
const INITIAL_CAPACITY = 256;

/** Names of the columns. */
const COLUMNS = [
  'headers',
  'hashes',
  'work',
  'height',
  'prev',
  'skip',
  'status',
  'file',
  'dataPos',
  'undoPos',
  'txCount',
  'chainTxCount',
  'sequence',
] as const;

/** A typed array of `length`, with what `former` held. */
function grownWords<T extends Int32Array | Uint32Array | Uint16Array | Float64Array>(former: T, grown: T): T {
  grown.set(former);
  return grown;
}

function grownBytes(former: Buffer, length: number): Buffer {
  const grown = Buffer.alloc(length);
  former.copy(grown);
  return grown;
}

/**
 * The header tree as a struct of arrays: row `id` of each column belongs to header `id`. 186 bytes a header, where an
 * object with the same fields would take more than 500.
 */
export class HeaderColumns {
  /** Rows in use. */
  count = 0;
  /** The 80 serialised bytes. */
  headers: Buffer;
  /** 32 bytes, internal order. */
  hashes: Buffer;
  /** Total work from genesis, in words as `work.ts` has them. */
  work: Uint32Array;
  height: Int32Array;
  /** Id of the predecessor; always lower than the header's own. */
  prev: Int32Array;
  /** Id of the ancestor at `skipHeight(height)`. */
  skip: Int32Array;
  /** `BlockStatus` bits. */
  status: Uint16Array;
  /** Block file, and offsets of the block in it and of its undo data in the undo file of the same number. */
  file: Int32Array;
  dataPos: Uint32Array;
  undoPos: Uint32Array;
  txCount: Uint32Array;
  /** Transactions from genesis on, 0 while some are not known. */
  chainTxCount: Float64Array;
  /** Order in which blocks became connectable; lower is preferred among equal work. */
  sequence: Int32Array;

  /** @param capacity rows that there is room for at first */
  constructor(private capacity = INITIAL_CAPACITY) {
    this.headers = Buffer.alloc(HEADER_SIZE * capacity);
    this.hashes = Buffer.alloc(32 * capacity);
    this.work = new Uint32Array(WORK_WORDS * capacity);
    this.height = new Int32Array(capacity);
    this.prev = new Int32Array(capacity);
    this.skip = new Int32Array(capacity);
    this.status = new Uint16Array(capacity);
    this.file = new Int32Array(capacity);
    this.dataPos = new Uint32Array(capacity);
    this.undoPos = new Uint32Array(capacity);
    this.txCount = new Uint32Array(capacity);
    this.chainTxCount = new Float64Array(capacity);
    this.sequence = new Int32Array(capacity);
  }

  /** Adds an empty row and returns its id. */
  addRow(): number {
    if (this.count === this.capacity) this.grow();
    return this.count++;
  }

  /** The same rows, in memory of their own. */
  clone(): HeaderColumns {
    const copy = new HeaderColumns(this.capacity);
    copy.count = this.count;
    for (const name of COLUMNS) copy[name].set(this[name]);
    return copy;
  }

  private grow(): void {
    const capacity = Math.ceil(this.capacity * GROWTH);
    this.headers = grownBytes(this.headers, HEADER_SIZE * capacity);
    this.hashes = grownBytes(this.hashes, 32 * capacity);
    this.work = grownWords(this.work, new Uint32Array(WORK_WORDS * capacity));
    this.height = grownWords(this.height, new Int32Array(capacity));
    this.prev = grownWords(this.prev, new Int32Array(capacity));
    this.skip = grownWords(this.skip, new Int32Array(capacity));
    this.status = grownWords(this.status, new Uint16Array(capacity));
    this.file = grownWords(this.file, new Int32Array(capacity));
    this.dataPos = grownWords(this.dataPos, new Uint32Array(capacity));
    this.undoPos = grownWords(this.undoPos, new Uint32Array(capacity));
    this.txCount = grownWords(this.txCount, new Uint32Array(capacity));
    this.chainTxCount = grownWords(this.chainTxCount, new Float64Array(capacity));
    this.sequence = grownWords(this.sequence, new Int32Array(capacity));
    this.capacity = capacity;
  }
}
