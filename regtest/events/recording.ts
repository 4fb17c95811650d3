import type { NetworkMode } from '../fabric.js';
import { TOPOLOGIES, type Topology } from '../topology.js';
import type { LabEvent } from './lab-event.js';
import { labEvent } from './parse-lab-event.js';
import { count, list, number, object, oneOf, record, type Shape, ShapeError, text } from './shape.js';

export const RECORDING_FORMAT = 'blocksmith-recording';

/** Raised when older programs would misread what is written. */
export const RECORDING_VERSION = 1;

/** Longest line that is read: see the longest that is written, a block with all its txids. */
export const MAX_RECORDED_LINE_CHARS = 4 << 20;

/** What a recording of a lab says first: whose events these are. */
export interface LabRecordingHeader {
  readonly format: typeof RECORDING_FORMAT;
  readonly version: number;
  readonly kind: 'lab';
  readonly name: string;
  readonly mode: NetworkMode;
  readonly topology: Topology;
  readonly seed: number;
  /** Names, by number. */
  readonly nodes: readonly string[];
}

/** A recording is damaged, of another kind or version, or cannot be written or read. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';

  constructor(
    message: string,
    /** Line of the file, from 1, where that is to blame. */
    readonly line?: number,
  ) {
    super(line === undefined ? message : `line ${line}: ${message}`);
  }
}

const labHeader: Shape<LabRecordingHeader> = record({
  format: oneOf(RECORDING_FORMAT),
  version: count,
  kind: oneOf('lab'),
  name: text,
  mode: oneOf('process', 'inProcess'),
  topology: oneOf<Topology>(...TOPOLOGIES),
  seed: number,
  nodes: list(text),
});

/** What every recording says of itself in its first line. */
export interface RecordingKind {
  readonly kind: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads the first line as far as it is the same for all kinds. @throws RecordingError */
export function recordingKind(line: string): RecordingKind {
  const header = atLine(1, () => {
    const fields = object(JSON.parse(line), 'recording');
    return { ...record({ format: text, version: count, kind: text })(fields, 'recording'), fields };
  });
  if (header.format !== RECORDING_FORMAT)
    throw new RecordingError(`this is no recording, but "${header.format}"`, 1);
  if (header.version > RECORDING_VERSION) {
    const versions = `version ${header.version}, this program reads up to ${RECORDING_VERSION}`;
    throw new RecordingError(`the recording was made by a newer program (${versions})`, 1);
  }
  return { kind: header.kind, fields: header.fields };
}

/** Puts a file's pieces together to lines. */
export class LineSplitter {
  private rest = '';
  private taken = 0;

  /** @throws RecordingError when a line is too long to be one */
  take(piece: string): readonly string[] {
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() ?? '';
    this.taken += lines.length;
    if (this.rest.length > MAX_RECORDED_LINE_CHARS)
      throw new RecordingError('too long to be an event', this.taken + 1);
    return lines;
  }

  /** What follows the last end of a line: empty in a file that was written whole. */
  get remainder(): string {
    return this.rest;
  }
}

/** Reads the recording of a lab, piece by piece as a file or a download brings it. */
export class LabRecordingParser {
  private readonly splitter = new LineSplitter();
  private line = 0;
  private lastSeq = 0;
  private found: LabRecordingHeader | undefined;

  /** Known once the first line was read. */
  get header(): LabRecordingHeader | undefined {
    return this.found;
  }

  /** @returns the events in this piece. @throws RecordingError that tells the line */
  push(piece: string): readonly LabEvent[] {
    return this.splitter.take(piece).flatMap(line => this.take(line));
  }

  /**
   * Ends the recording.
   *
   * @returns a warning when its last line was cut off, as it is when the machine went down: it is left out then
   * @throws RecordingError when there is not even a header
   */
  end(): { readonly events: readonly LabEvent[]; readonly warning?: string } {
    const { remainder } = this.splitter;
    if (remainder === '' || this.found === undefined) {
      if (this.found === undefined) throw new RecordingError('the recording is empty or cut off', 1);
      return { events: [] };
    }
    try {
      return { events: this.take(remainder) };
    } catch (thrown) {
      if (!(thrown instanceof RecordingError)) throw thrown;
      return { events: [], warning: `line ${this.line} is cut off and left out: the recording ends early` };
    }
  }

  private take(line: string): readonly LabEvent[] {
    this.line++;
    if (this.found === undefined) {
      this.found = readLabHeader(line);
      return [];
    }
    const event = atLine(this.line, () => labEvent(JSON.parse(line), 'event'));
    if (event.seq <= this.lastSeq)
      throw new RecordingError(`event ${event.seq} comes after event ${this.lastSeq}`, this.line);
    this.lastSeq = event.seq;
    return [event];
  }
}

function readLabHeader(line: string): LabRecordingHeader {
  const { kind, fields } = recordingKind(line);
  if (kind !== 'lab') throw new RecordingError(`this is the recording of a ${kind}, not of a lab`, 1);
  return atLine(1, () => labHeader(fields, 'recording'));
}

/** Runs `read`; what it finds wrong is told with the line. */
export function atLine<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof ShapeError) throw new RecordingError(thrown.message, line);
    if (thrown instanceof SyntaxError) throw new RecordingError('not JSON', line);
    throw thrown;
  }
}
