import { chunksToAllocate, type FlatFiles } from './flat-files.js';
import { StoreError } from './store-error.js';

/** Room a new file begins with; it doubles when it is full. */
const FIRST_CAPACITY = 4096;

interface MemoryFile {
  buffer: Buffer;
  size: number;
  /** A clone has the same buffer: it is copied before it changes. */
  isShared: boolean;
}

/** Numbered files without a disk. */
export class MemoryFlatFiles implements FlatFiles {
  private readonly files = new Map<number, MemoryFile>();

  /** @param chunkSize what `allocate` counts in, as files on a disk do; memory is taken as it is needed */
  constructor(
    private readonly name: string,
    private readonly chunkSize: number,
  ) {}

  /** Files that hold the same now, and go their own way from here on. */
  clone(): MemoryFlatFiles {
    const copy = new MemoryFlatFiles(this.name, this.chunkSize);
    for (const [number, file] of this.files) {
      file.isShared = true;
      copy.files.set(number, { ...file });
    }
    return copy;
  }

  /** Bytes of all files. */
  get bytes(): number {
    return [...this.files.values()].reduce((sum, { size }) => sum + size, 0);
  }

  path(file: number): string {
    return `(memory)/${this.name}${file}`;
  }

  exists(file: number): boolean {
    return this.files.has(file);
  }

  write(file: number, at: number, bytes: Uint8Array): void {
    const target = this.files.get(file) ?? {
      buffer: Buffer.alloc(FIRST_CAPACITY),
      size: 0,
      isShared: false,
    };
    this.files.set(file, target);
    const end = at + bytes.length;
    if (end > target.buffer.length) replaceBuffer(target, Math.max(end, target.buffer.length * 2));
    else if (target.isShared) replaceBuffer(target, target.buffer.length);
    target.buffer.set(bytes, at);
    target.size = Math.max(target.size, end);
  }

  async read(file: number, at: number, length: number): Promise<Uint8Array> {
    return this.readSync(file, at, length);
  }

  readSync(file: number, at: number, length: number): Uint8Array {
    const source = this.files.get(file);
    if (source === undefined)
      throw new StoreError('missing', this.path(file), 'Unable to open file', '-reindex');
    return Uint8Array.from(source.buffer.subarray(at, Math.min(at + length, source.size)));
  }

  /** A copy of a whole file. */
  content(file: number): Uint8Array {
    return this.readSync(file, 0, this.files.get(file)?.size ?? 0);
  }

  allocate(_file: number, at: number, length: number): number {
    return chunksToAllocate(at, length, this.chunkSize);
  }

  truncate(file: number, size: number): void {
    const target = this.files.get(file);
    if (target === undefined || target.size <= size) return;
    if (target.isShared) replaceBuffer(target, target.buffer.length);
    target.buffer.fill(0, size, target.size);
    target.size = size;
  }

  remove(file: number): boolean {
    return this.files.delete(file);
  }

  list(): number[] {
    return [...this.files.keys()].sort((a, b) => a - b);
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {}
}

/** Gives the file a buffer of its own with what it holds. */
function replaceBuffer(file: MemoryFile, capacity: number): void {
  const replacement = Buffer.alloc(capacity);
  file.buffer.copy(replacement, 0, 0, file.size);
  file.buffer = replacement;
  file.isShared = false;
}
