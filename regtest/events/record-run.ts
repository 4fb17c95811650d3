import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { errorMessage } from '../../src/runtime/errors.js';
import { simulationOptions } from '../simulate/options.js';
import { runSimulation } from '../simulate/run.js';
import { Simulation } from '../simulate/simulation.js';
import { runAnyTrials } from '../trials/any-trials.js';
import { MAX_RECORDED_LINE_CHARS, RecordingError } from './recording.js';
import { parseRunHeader, type RecordedRun, runHeaderLine } from './run-header.js';
import { RunTape } from './run-tape.js';

/** Trials that a recording holds, the first ones: enough to look at, and verified in seconds. */
export const MAX_RECORDED_TRIALS = 1_000;

/** Bytes that are written, or compared, at a time. */
const PIECE_BYTES = 1 << 18;

/** Records a run in virtual time: give {@link tape} to it as its observer, and close the recording when it is over. */
export class RunRecorder {
  readonly tape: RunTape;
  private waiting: string[] = [];
  private waitingChars = 0;

  private constructor(
    private readonly file: string,
    private readonly fd: number,
    run: RecordedRun,
  ) {
    this.tape = new RunTape(line => this.takeLine(line), run.kind === 'trials' ? run.trials : undefined);
    this.takeLine(runHeaderLine(run));
  }

  /** Begins a recording, in place of what the file held before. @throws RecordingError when it cannot be written */
  static open(file: string, run: RecordedRun): RunRecorder {
    try {
      return new RunRecorder(file, openSync(file, 'w'), run);
    } catch (thrown) {
      throw new RecordingError(`cannot record to ${file}: ${errorMessage(thrown)}`);
    }
  }

  /** The run is over: all of it is in the file then. @throws RecordingError when the disk is full */
  close(): void {
    this.tape.end();
    this.write();
    closeSync(this.fd);
  }

  private takeLine(line: string): void {
    this.waiting.push(`${line}\n`);
    this.waitingChars += line.length;
    if (this.waitingChars >= PIECE_BYTES) this.write();
  }

  private write(): void {
    const bytes = Buffer.from(this.waiting.join(''));
    this.waiting = [];
    this.waitingChars = 0;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at);
    } catch (thrown) {
      throw new RecordingError(`cannot record to ${this.file}: ${errorMessage(thrown)}`);
    }
  }
}

/** What a recorded run came to when it was run again. */
export interface Verification {
  readonly run: RecordedRun;
  /** Lines that were compared, the first one included. */
  readonly lines: number;
  readonly bytes: number;
}

/**
 * Runs a recorded run again, from the options in its first line, and compares every byte.
 *
 * @throws RecordingError with the first line that differs
 */
export async function verifyReplay(file: string): Promise<Verification> {
  const recording = RecordedBytes.open(file);
  try {
    const run = parseRunHeader(recording.firstLine());
    let lines = 0;
    const compare = (line: string) => recording.expect(line, ++lines);
    compare(runHeaderLine(run));
    await runAgain(run, compare);
    recording.expectEnd(lines);
    return { run, lines, bytes: recording.position };
  } catch (thrown) {
    // Options in a file are as doubtful as any.
    throw thrown instanceof RangeError ? new RecordingError(thrown.message, 1) : thrown;
  } finally {
    recording.close();
  }
}

async function runAgain(run: RecordedRun, takeLine: (line: string) => void): Promise<void> {
  if (run.kind === 'simulation') {
    const tape = new RunTape(takeLine);
    await runSimulation(new Simulation(simulationOptions(run.options), tape));
    tape.end();
    return;
  }
  const { rules, seed, trials } = run;
  if (trials > MAX_RECORDED_TRIALS)
    throw new RecordingError(`a recording has ${MAX_RECORDED_TRIALS} trials at most, not ${trials}`, 1);
  const tape = new RunTape(takeLine, trials);
  await runAnyTrials(rules, { seed, trials, observer: tape });
  tape.end();
}

/** A file that is compared with what it should hold, from its start to its end. */
class RecordedBytes {
  position = 0;
  private piece = Buffer.alloc(0);
  private at = 0;

  private constructor(private readonly fd: number) {}

  static open(file: string): RecordedBytes {
    try {
      return new RecordedBytes(openSync(file, 'r'));
    } catch (thrown) {
      throw new RecordingError(`cannot read ${file}: ${errorMessage(thrown)}`);
    }
  }

  /** Looks at the first line, without going on. */
  firstLine(): string {
    const start = Buffer.alloc(MAX_RECORDED_LINE_CHARS);
    const length = this.read(start, 0);
    const end = start.subarray(0, length).indexOf('\n');
    if (end < 0) throw new RecordingError('the recording is empty or cut off', 1);
    return start.toString('utf8', 0, end);
  }

  /** @throws RecordingError unless this is the next line */
  expect(line: string, number: number): void {
    const bytes = Buffer.from(`${line}\n`);
    const found = this.take(bytes.length);
    if (!found.equals(bytes)) throw new RecordingError('the run gives something else', number);
  }

  expectEnd(lines: number): void {
    if (this.take(1).length > 0) throw new RecordingError('there is more than the run gives', lines + 1);
  }

  close(): void {
    closeSync(this.fd);
  }

  /** The next bytes: fewer at the end of the file. */
  private take(length: number): Buffer {
    if (this.piece.length - this.at < length) this.refill(length);
    const taken = this.piece.subarray(this.at, this.at + length);
    this.at += taken.length;
    this.position += taken.length;
    return taken;
  }

  private refill(least: number): void {
    const rest = this.piece.subarray(this.at);
    const next = Buffer.alloc(rest.length + Math.max(PIECE_BYTES, least));
    rest.copy(next);
    const length = this.read(next.subarray(rest.length), this.position + rest.length);
    this.piece = next.subarray(0, rest.length + length);
    this.at = 0;
  }

  private read(into: Buffer, position: number): number {
    let length = 0;
    for (;;) {
      const count = readSync(this.fd, into, length, into.length - length, position + length);
      length += count;
      if (count === 0 || length === into.length) return length;
    }
  }
}
