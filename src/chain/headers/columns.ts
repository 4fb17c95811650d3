import { HEADER_SIZE } from '../../primitives/header.js';
import { WORK_WORDS } from './work.js';

/** Columns grow by a quarter: little is wasted at a million headers, and each header is copied about four times. */
const GROWTH = 1.25;

/** Chains of tests and of the lab are short, and many at once. */
const INITIAL_CAPACITY = 256;

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
  private capacity = INITIAL_CAPACITY;
  /** Rows in use. */
  count = 0;
  /** The 80 serialised bytes. */
  headers: Buffer = Buffer.alloc(HEADER_SIZE * INITIAL_CAPACITY);
  /** 32 bytes, internal order. */
  hashes: Buffer = Buffer.alloc(32 * INITIAL_CAPACITY);
  /** Total work from genesis, in words as `work.ts` has them. */
  work = new Uint32Array(WORK_WORDS * INITIAL_CAPACITY);
  height = new Int32Array(INITIAL_CAPACITY);
  /** Id of the predecessor; always lower than the header's own. */
  prev = new Int32Array(INITIAL_CAPACITY);
  /** Id of the ancestor at `skipHeight(height)`. */
  skip = new Int32Array(INITIAL_CAPACITY);
  /** `BlockStatus` bits. */
  status = new Uint16Array(INITIAL_CAPACITY);
  /** Block file, and offsets of the block in it and of its undo data in the undo file of the same number. */
  file = new Int32Array(INITIAL_CAPACITY);
  dataPos = new Uint32Array(INITIAL_CAPACITY);
  undoPos = new Uint32Array(INITIAL_CAPACITY);
  txCount = new Uint32Array(INITIAL_CAPACITY);
  /** Transactions from genesis on, 0 while some are not known. */
  chainTxCount = new Float64Array(INITIAL_CAPACITY);
  /** Order in which blocks became connectable; lower is preferred among equal work. */
  sequence = new Int32Array(INITIAL_CAPACITY);

  /** Adds an empty row and returns its id. */
  addRow(): number {
    if (this.count === this.capacity) this.grow();
    return this.count++;
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
