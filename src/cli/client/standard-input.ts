import { readSync } from 'node:fs';
import { isatty } from 'node:tty';

const CHUNK_BYTES = 65_536;
/** How long to wait before asking again an input that has nothing yet and does not block. */
const RETRY_MS = 10;

/**
 * Reads a file descriptor line by line, each as soon as it is there: a person at a terminal need not end the input to be
 * heard. A last line without an end is a line, too. A prompt is shown to people only.
 */
export function lineReader(descriptor: number): (prompt?: string) => string | undefined {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let pending = Buffer.alloc(0);
  let atEnd = false;
  return prompt => {
    if (prompt !== undefined && isatty(descriptor)) process.stderr.write(prompt);
    for (;;) {
      const end = pending.indexOf(10);
      if (end >= 0) {
        const line = pending.toString('utf8', 0, end);
        pending = pending.subarray(end + 1);
        return line;
      }
      if (atEnd) break;
      const length = readChunk(descriptor, chunk);
      atEnd = length === 0;
      pending = Buffer.concat([pending, chunk.subarray(0, length)]);
    }
    const line = pending.length === 0 ? undefined : pending.toString('utf8');
    pending = Buffer.alloc(0);
    return line;
  };
}

/** Bytes read, 0 at the end of the input. */
function readChunk(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk);
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
