import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { errorMessage } from '../../src/runtime/errors.js';
import type { LabEvents } from './event-source.js';
import type { LabEvent } from './lab-event.js';
import {
  type LabRecordingHeader,
  LabRecordingParser,
  RECORDING_FORMAT,
  RECORDING_VERSION,
  RecordingError,
} from './recording.js';

/** Bytes that wait for the disk: more than all kept events, which a recording may begin with. A recording with holes would be worth nothing: beyond it the recording ends. */
export const MAX_RECORDER_BACKLOG = 64 << 20;

export interface RecorderOptions {
  /** What is said of the lab in the first line. */
  readonly lab: Omit<LabRecordingHeader, 'format' | 'version' | 'kind'>;
  /** Kept events after this logical time are recorded as well. Only those to come unless told. */
  readonly since?: number;
  /** The recording has come to an end that nobody asked for; the lab goes on. */
  readonly onFailure?: (error: RecordingError) => void;
}

/** Writes the events of a lab to a file, a line of JSON for each, as they happen. */
export class Recorder {
  private events = 0;
  private failure: RecordingError | undefined;
  private unsubscribe: () => void = () => {};

  private constructor(
    readonly file: string,
    private readonly out: WriteStream,
    source: LabEvents,
    private readonly options: RecorderOptions,
  ) {
    out.on('error', thrown => this.fail(errorMessage(thrown)));
    const header = { format: RECORDING_FORMAT, version: RECORDING_VERSION, kind: 'lab', ...options.lab };
    this.writeLine(header);
    for (const event of source.since(options.since ?? source.lastSeq)) this.write(event);
    this.unsubscribe = source.subscribe(event => this.write(event));
  }

  /**
   * Begins a recording, in place of what the file held before.
   *
   * @throws RecordingError when the file cannot be written
   */
  static async start(file: string, source: LabEvents, options: RecorderOptions): Promise<Recorder> {
    const out = createWriteStream(file);
    try {
      await once(out, 'open');
    } catch (thrown) {
      throw new RecordingError(`cannot record to ${file}: ${errorMessage(thrown)}`);
    }
    return new Recorder(file, out, source, options);
  }

  /** Events in the file, or on their way there. */
  get count(): number {
    return this.events;
  }

  /** Ends the recording; all of it is in the file then. @throws RecordingError when it had failed, or does now */
  async stop(): Promise<{ readonly file: string; readonly events: number }> {
    this.unsubscribe();
    await new Promise<void>(resolve => {
      if (this.out.closed) resolve();
      this.out.once('close', () => resolve());
      this.out.end();
    });
    if (this.failure !== undefined) throw this.failure;
    return { file: this.file, events: this.events };
  }

  private write(event: LabEvent): void {
    if (this.failure !== undefined) return;
    if (this.out.writableLength > MAX_RECORDER_BACKLOG) {
      this.fail('the disk does not keep up');
      return;
    }
    this.events++;
    this.writeLine(event);
  }

  private writeLine(line: object): void {
    this.out.write(`${JSON.stringify(line)}\n`);
  }

  private fail(why: string): void {
    if (this.failure !== undefined) return;
    this.failure = new RecordingError(
      `the recording to ${this.file} ended after ${this.events} events: ${why}`,
    );
    this.unsubscribe();
    this.out.destroy();
    this.options.onFailure?.(this.failure);
  }
}

/** A recording of a lab, read whole. */
export interface LabRecording {
  readonly header: LabRecordingHeader;
  readonly events: readonly LabEvent[];
  /** The end is missing. */
  readonly warning?: string;
}

/** Events of a recording that are held: an hour of a very busy lab, about 1 GB. */
export const MAX_RECORDED_EVENTS = 4_000_000;

/** Reads a recording of a lab. @throws RecordingError with the line that is to blame */
export async function readRecording(file: string): Promise<LabRecording> {
  const parser = new LabRecordingParser();
  const events: LabEvent[] = [];
  const keep = (more: readonly LabEvent[]) => {
    for (const event of more) events.push(event);
    if (events.length > MAX_RECORDED_EVENTS)
      throw new RecordingError(`the recording has more than ${MAX_RECORDED_EVENTS} events`);
  };
  try {
    for await (const piece of createReadStream(file, 'utf8')) keep(parser.push(String(piece)));
  } catch (thrown) {
    throw thrown instanceof RecordingError
      ? thrown
      : new RecordingError(`cannot read ${file}: ${errorMessage(thrown)}`);
  }
  const { events: last, warning } = parser.end();
  keep(last);
  const { header } = parser;
  if (header === undefined) throw new RecordingError('the recording has no first line', 1);
  return { header, events, ...(warning === undefined ? {} : { warning }) };
}
