import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

/** What a node's log tells of the time since a moment. */
export class LogSince {
  private readonly start: number;

  constructor(private readonly path: string) {
    this.start = existsSync(path) ? statSync(path).size : 0;
  }

  /** The lines written since. */
  text(): string {
    if (!existsSync(this.path)) return '';
    const { size } = statSync(this.path);
    const buffer = Buffer.alloc(Math.max(size - this.start, 0));
    const fd = openSync(this.path, 'r');
    try {
      readSync(fd, buffer, 0, buffer.length, this.start);
    } finally {
      closeSync(fd);
    }
    return buffer.toString('utf8');
  }

  /** Heights of the tips that the chain moved to, in order. */
  tips(): number[] {
    return [...this.text().matchAll(/UpdateTip: new best=\S+ height=(\d+)/g)].map(match => Number(match[1]));
  }

  /** The coins were being written when the log ends. */
  isWritingCoins(): boolean {
    const text = this.text();
    return (
      text.lastIndexOf('Writing partial batch') >
      text.lastIndexOf('changed transaction outputs to coin database')
    );
  }
}
