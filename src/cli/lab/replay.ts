import { open } from 'node:fs/promises';
import { eventLine, type LabEvent, Replay, readRecording, verifyReplay } from '../../../regtest/index.js';
import { aborted, interruptible } from './interrupt.js';
import { tellingProgress } from './progress.js';
import { serveRecording } from './serve-recording.js';
import { count, type Terminal } from './terminal.js';

/** Enough of a file's first line to tell what kind of recording it is. */
const HEAD_BYTES = 512;

export interface ReplayOptions {
  /** Show a recorded lab on the page (the default), or tell it here. */
  readonly page: boolean;
  /** Of the page. */
  readonly port?: number;
  /** Times as fast as it was, when it is told here; without it all is told at once. */
  readonly speed?: number;
}

/**
 * Shows or tells the events of a recorded lab, or runs what was recorded of a simulation or trials again.
 *
 * @throws RecordingError when the file is no recording, or another run than what is in it
 */
export async function replay(
  file: string,
  { page, port, speed }: ReplayOptions,
  terminal: Terminal,
): Promise<void> {
  if (!(await isOfLab(file))) {
    const { lines, bytes, run } = await tellingProgress(terminal, () => verifyReplay(file));
    terminal.say(`Run again: ${count(lines, 'line')} and ${bytes} bytes, all the same.`);
    terminal.json({ verified: true, kind: run.kind, lines, bytes });
    return;
  }
  if (page) return serveRecording(file, port, terminal);
  const { header, events, warning } = await tellingProgress(terminal, () => readRecording(file));
  const nameOf = (node: number) => header.nodes[node] ?? `node${node}`;
  const tell = (event: LabEvent) => terminal.say(eventLine(event, nameOf));
  if (warning !== undefined) terminal.note(warning);
  if (speed === undefined) for (const event of events) tell(event);
  else await inOwnTime(events, speed, tell);
  terminal.json({ lab: header.name, mode: header.mode, nodes: header.nodes, events: events.length });
}

async function isOfLab(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES));
    return /"kind":"lab"/.test(buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? '');
  } finally {
    await handle.close();
  }
}

async function inOwnTime(
  events: readonly LabEvent[],
  speed: number,
  tell: (event: LabEvent) => void,
): Promise<void> {
  await interruptible(async signal => {
    const ended = new Promise<void>(resolve => {
      const player = new Replay(events, { event: tell, jumped: () => {}, ended: resolve }, { speed });
      signal.addEventListener('abort', () => player.pause(), { once: true });
      player.play();
    });
    await Promise.race([ended, aborted(signal)]);
    signal.throwIfAborted();
  });
}
