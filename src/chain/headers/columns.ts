import { HEADER_SIZE } from '../../primitives/header.js';
import type { Numbered } from '../id-index.js';
import { WORK_WORDS } from './work.js';

/**
 * Rows of a page. Columns that grew as one would be copied again and again, which stops everything for longer the more
 * headers there are, and leaves memory behind that is not used again. Chains of tests and of the lab fit one page.
 */
const PAGE_SHIFT = 9;
export const PAGE_ROWS = 1 << PAGE_SHIFT;
const ROW_MASK = PAGE_ROWS - 1;

/** What all columns take for a header. */
const ROW_BYTES = HEADER_SIZE + 32 + 4 * WORK_WORDS + 8 + 8 * 4 + 2;

/** The row of a header in the page that it is in. */
export function rowOf(id: number): number {
  return id & ROW_MASK;
}

/** Divides a buffer among columns, one after the other. */
class ColumnSpace {
  private used = 0;

  constructor(
    private readonly buffer: ArrayBuffer,
    private readonly rows: number,
  ) {}

  /** A column with `width` elements a row. */
  column<T>(
    array: { new (buffer: ArrayBuffer, at: number, length: number): T; readonly BYTES_PER_ELEMENT: number },
    width = 1,
  ): T {
    const length = this.rows * width;
    const at = this.used;
    this.used += length * array.BYTES_PER_ELEMENT;
    return new array(this.buffer, at, length);
  }
}

/** Rows of headers with successive ids. Columns of wide elements come first, so that all are aligned. */
export class HeaderPage {
  /** Transactions from genesis on, 0 while some are not known. */
  readonly chainTxCount: Float64Array;
  /** Total work from genesis, in words as `work.ts` has them. */
  readonly work: Uint32Array;
  readonly height: Int32Array;
  /** Id of the predecessor; always lower than the header's own. */
  readonly prev: Int32Array;
  /** Id of the ancestor at `skipHeight(height)`. */
  readonly skip: Int32Array;
  /** Block file, and offsets of the block in it and of its undo data in the undo file of the same number. */
  readonly file: Int32Array;
  readonly dataPos: Uint32Array;
  readonly undoPos: Uint32Array;
  readonly txCount: Uint32Array;
  /** Order in which blocks became connectable; lower is preferred among equal work. */
  readonly sequence: Int32Array;
  /** `BlockStatus` bits. */
  readonly status: Uint16Array;
  /** 32 bytes, internal order. */
  readonly hashes: Uint8Array;
  /** The 80 serialised bytes. */
  readonly headers: Uint8Array;

  constructor(private readonly buffer = new ArrayBuffer(PAGE_ROWS * ROW_BYTES)) {
    const space = new ColumnSpace(buffer, buffer.byteLength / ROW_BYTES);
    this.chainTxCount = space.column(Float64Array);
    this.work = space.column(Uint32Array, WORK_WORDS);
    this.height = space.column(Int32Array);
    this.prev = space.column(Int32Array);
    this.skip = space.column(Int32Array);
    this.file = space.column(Int32Array);
    this.dataPos = space.column(Uint32Array);
    this.undoPos = space.column(Uint32Array);
    this.txCount = space.column(Uint32Array);
    this.sequence = space.column(Int32Array);
    this.status = space.column(Uint16Array);
    this.hashes = space.column(Uint8Array, 32);
    this.headers = space.column(Uint8Array, HEADER_SIZE);
  }

  clone(): HeaderPage {
    return new HeaderPage(this.buffer.slice(0));
  }
}

/** Of ids that no header has, NO_HEADER above all: nothing is known of them. */
const NO_PAGE = new HeaderPage(new ArrayBuffer(0));

/**
 * The header tree as structs of arrays: row {@link rowOf} of each column of a header's page is about that header. 186 bytes
 * a header, where an object with the same fields would take more than 500.
 */
export class HeaderColumns implements Numbered<Uint8Array> {
  private pages: HeaderPage[] = [];
  /** Rows in use. */
  count = 0;

  /** Memory of all columns, rows to come included. */
  get bytes(): number {
    return this.pages.length * PAGE_ROWS * ROW_BYTES;
  }

  /** Adds an empty row and returns its id. */
  addRow(): number {
    if (rowOf(this.count) === 0) this.pages.push(new HeaderPage());
    return this.count++;
  }

  /** The same rows, in memory of their own. */
  clone(): HeaderColumns {
    const copy = new HeaderColumns();
    copy.count = this.count;
    copy.pages = this.pages.map(page => page.clone());
    return copy;
  }

  /** Forgets what is not stored, but worked out or counted anew. */
  forgetUnstored(): void {
    for (const { chainTxCount, sequence } of this.pages) {
      chainTxCount.fill(0);
      sequence.fill(0);
    }
  }

  page(id: number): HeaderPage {
    return this.pages[id >>> PAGE_SHIFT] ?? NO_PAGE;
  }

  /** Views of the serialised header and of its hash. */
  headerBytes(id: number): Uint8Array {
    const at = rowOf(id) * HEADER_SIZE;
    return this.page(id).headers.subarray(at, at + HEADER_SIZE);
  }

  /** Four bytes of the serialised header, little-endian. */
  wordAt(id: number, offset: number): number {
    const { headers } = this.page(id);
    const at = rowOf(id) * HEADER_SIZE + offset;
    return (
      (headers[at] as number) |
      ((headers[at + 1] as number) << 8) |
      ((headers[at + 2] as number) << 16) |
      ((headers[at + 3] as number) << 24)
    );
  }

  hashBytes(id: number): Uint8Array {
    const at = rowOf(id) * 32;
    return this.page(id).hashes.subarray(at, at + 32);
  }

  /** Whether the header has this hash. A loop: a call to Buffer's native comparison costs more than the comparison. */
  isOf(id: number, hash: Uint8Array): boolean {
    const { hashes } = this.page(id);
    const at = rowOf(id) * 32;
    for (let i = 0; i < 32; i++) if (hash[i] !== hashes[at + i]) return false;
    return true;
  }
}
