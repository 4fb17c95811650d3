/** Numbered files of one kind, such as blk00000.dat, blk00001.dat … All failures are {@link StoreError}s. */
export interface FlatFiles {
  /** Name for messages. */
  path(file: number): string;
  exists(file: number): boolean;
  /** Writes at a position, at or before the end of the file; makes the file if need be. */
  write(file: number, at: number, bytes: Uint8Array): void;
  /** Bytes from a position on: fewer than `length` at the end of the file. @throws StoreError `missing` */
  read(file: number, at: number, length: number): Promise<Uint8Array>;
  readSync(file: number, at: number, length: number): Uint8Array;
  /**
   * Makes the file large enough for `length` more bytes at `at`, in whole chunks. Returns how many bytes were added to
   * what was needed before, 0 when the last chunk had room. @throws StoreError `full`
   */
  allocate(file: number, at: number, length: number): number;
  /** Cuts off what was allocated and not used. */
  truncate(file: number, size: number): void;
  /** Removes a file, if it is there. Returns whether it was. */
  remove(file: number): boolean;
  /** Numbers of the files there are, in ascending order. */
  list(): number[];
  /** Resolves when all that was written before the call is on the disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Bytes to allocate so that `length` bytes at `at` lie in whole chunks; 0 when the chunk of `at` has room for them. */
export function chunksToAllocate(at: number, length: number, chunkSize: number): number {
  const before = Math.ceil(at / chunkSize);
  const after = Math.ceil((at + length) / chunkSize);
  return after > before ? after * chunkSize - at : 0;
}
