import type { Readable } from 'node:stream';
import type { NodeEvent } from '../../src/node/node-event.js';
import { nodeEvent } from './parse-node-event.js';
import { ShapeError } from './shape.js';

/** Longest line of a daemon: a block's txids take 67 bytes each, and a full block has some 17,000 transactions. */
const MAX_LINE_CHARS = 4 << 20;

/**
 * Reads the events that a daemon writes to its pipe. A line that is no event counts as lost; one that was cut off by the
 * daemon's end is passed over.
 *
 * @returns resolves when the pipe has ended and all events were told
 */
export function readNodeEvents(pipe: Readable, listener: (event: NodeEvent) => void): Promise<void> {
  let rest = '';
  pipe.setEncoding('utf8');
  pipe.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_CHARS) {
      pipe.destroy();
      rest = '';
      lines.push('');
    }
    for (const line of lines) listener(readLine(line));
  });
  return new Promise(resolve => {
    pipe.once('close', () => resolve());
    pipe.on('error', () => pipe.destroy());
  });
}

function readLine(line: string): NodeEvent {
  try {
    return nodeEvent(JSON.parse(line), 'event');
  } catch (thrown) {
    if (!(thrown instanceof ShapeError || thrown instanceof SyntaxError)) throw thrown;
    return { type: 'lost', events: 1 };
  }
}
