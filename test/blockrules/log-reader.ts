import { closeSync, openSync, readSync } from 'node:fs';

/** Reads what a node has written to its log since a moment. */
export class LogReader {
  private position = 0;
  private text = '';

  constructor(private readonly path: string) {}

  /** From now on only what comes later counts. */
  mark(): void {
    this.read();
    this.text = '';
  }

  /** What was written since {@link mark}. */
  read(): string {
    const file = openSync(this.path, 'r');
    try {
      const chunk = Buffer.alloc(1 << 16);
      for (;;) {
        const size = readSync(file, chunk, 0, chunk.length, this.position);
        if (size === 0) return this.text;
        this.position += size;
        this.text += chunk.toString('latin1', 0, size);
      }
    } finally {
      closeSync(file);
    }
  }
}
