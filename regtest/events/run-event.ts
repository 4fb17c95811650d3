import { atLine, LineSplitter, RecordingError, recordingKind } from './recording.js';
import { count, number, record, type Shape, tagged } from './shape.js';

/**
 * What happens in a simulation or in trials. Blocks and nodes are numbers; block 0 is genesis. `time` is virtual: seconds
 * in a simulation, mean block times since the trial began in trials.
 */
export type RunEvent =
  /** The next trial, from 1. */
  | { readonly type: 'trial'; readonly trial: number }
  /** A network without blocks: numbers of blocks begin anew. */
  | { readonly type: 'network'; readonly nodes: number }
  | {
      readonly type: 'found';
      readonly time: number;
      readonly block: number;
      readonly parent: number;
      readonly height: number;
      readonly node?: number;
    }
  | {
      readonly type: 'announced';
      readonly time: number;
      readonly block: number;
      readonly node: number;
      readonly from: number;
    }
  | { readonly type: 'accepted'; readonly time: number; readonly block: number; readonly node: number }
  | {
      readonly type: 'tip';
      readonly time: number;
      readonly block: number;
      readonly node: number;
      readonly former: number;
    }
  /** The recording is whole: no more happened, or more than is recorded (`isCut`). */
  | { readonly type: 'end'; readonly events: number; readonly isCut: boolean };

const time = number;
const block = count;
const node = count;

const runEvent: Shape<RunEvent> = tagged('type', {
  trial: record({ trial: count }),
  network: record({ nodes: count }),
  found: record({ time, block, parent: block, height: count }, { node }),
  announced: record({ time, block, node, from: node }),
  accepted: record({ time, block, node }),
  tip: record({ time, block, node, former: block }),
  end: record({ events: count, isCut: (value: unknown) => value === true }),
});

/** Reads the recording of a run, piece by piece. */
export class RunRecordingParser {
  private readonly splitter = new LineSplitter();
  private line = 0;
  private isWhole = false;

  /** @returns the events in this piece. @throws RecordingError that tells the line */
  push(piece: string): readonly RunEvent[] {
    return this.splitter.take(piece).flatMap(line => this.take(line));
  }

  /** Ends the recording. @returns a warning when its end is missing */
  end(): string | undefined {
    if (this.line === 0) throw new RecordingError('the recording is empty or cut off', 1);
    if (this.isWhole && this.splitter.remainder === '') return undefined;
    return `the recording ends early, after line ${this.line}`;
  }

  private take(line: string): readonly RunEvent[] {
    this.line++;
    if (this.line === 1) {
      const { kind } = recordingKind(line);
      if (kind !== 'simulation' && kind !== 'trials')
        throw new RecordingError(`this is the recording of a ${kind}, not of a run in virtual time`, 1);
      return [];
    }
    const event = atLine(this.line, () => runEvent(JSON.parse(line), 'event'));
    if (this.isWhole) throw new RecordingError('there is more after the end', this.line);
    this.isWhole = event.type === 'end';
    return [event];
  }
}

/** An event of a run as a line for people. */
export function describeRunEvent(event: RunEvent): string {
  switch (event.type) {
    case 'trial':
      return `trial ${event.trial}`;
    case 'network':
      return `${event.nodes} nodes, no block but genesis`;
    case 'found': {
      const finder = event.node === undefined ? 'somebody' : `node ${event.node}`;
      return `${at(event.time)}${finder} finds block ${event.block} at height ${event.height}, on top of ${event.parent}`;
    }
    case 'announced':
      return `${at(event.time)}node ${event.node} hears of block ${event.block} from node ${event.from}`;
    case 'accepted':
      return `${at(event.time)}node ${event.node} has block ${event.block}`;
    case 'tip':
      return `${at(event.time)}node ${event.node} leaves tip ${event.former} for ${event.block}`;
    case 'end':
      return event.isCut ? `cut off after ${event.events} events` : `end, after ${event.events} events`;
  }
}

/** Digits of a time that tell events apart. */
const TIME_DIGITS = 4;

function at(time: number): string {
  return `${time.toFixed(TIME_DIGITS).padStart(12)}  `;
}
