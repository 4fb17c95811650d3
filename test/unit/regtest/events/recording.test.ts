import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog } from '../../../../regtest/events/event-log.js';
import type { LabHappening } from '../../../../regtest/events/lab-event.js';
import { Recorder, readRecording } from '../../../../regtest/events/recorder.js';
import { LabRecordingParser, RecordingError } from '../../../../regtest/events/recording.js';
import { waitFor } from '../../../../regtest/wait.js';
import { events, happening } from './arbitrary-event.js';

const LAB = {
  name: 'lab',
  mode: 'inProcess',
  topology: 'mesh',
  seed: 7,
  nodes: ['node0', 'node1'],
} as const;
const HEADER = { format: 'blocksmith-recording', version: 1, kind: 'lab', ...LAB };
const FIRST_LINE = `${JSON.stringify(HEADER)}\n`;
const EVENT = { seq: 1, atMs: 5, type: 'snapshot', name: 'x' };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blocksmith-recording-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const parse = (text: string) => {
  const parser = new LabRecordingParser();
  const events = [...parser.push(text)];
  const { events: last, warning } = parser.end();
  return { header: parser.header, events: [...events, ...last], warning };
};

describe('a recording of a lab', () => {
  it('reads back as it was written', async () => {
    const file = join(folder, 'round-trip.jsonl');
    const write = async (happenings: readonly LabHappening[]) => {
      const log = new EventLog(() => 0);
      log.emit({ type: 'snapshot', name: 'before' });
      const recorder = await Recorder.start(file, log, { lab: LAB });
      for (const what of happenings) log.emit(what);
      expect(await recorder.stop()).toEqual({ file, events: happenings.length });
      log.emit({ type: 'snapshot', name: 'after' });
      const recording = await readRecording(file);
      expect(recording).toEqual({ header: HEADER, events: log.since(1).slice(0, happenings.length) });
    };
    await fc.assert(fc.asyncProperty(fc.array(happening, { maxLength: 20 }), write), { numRuns: 50 });
  });

  it('can begin with what was kept from before', async () => {
    const file = join(folder, 'since.jsonl');
    const log = new EventLog(() => 0);
    for (const name of ['a', 'b', 'c']) log.emit({ type: 'snapshot', name });
    const recorder = await Recorder.start(file, log, { lab: LAB, since: 1 });
    await recorder.stop();
    expect((await readRecording(file)).events.map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it('cannot be written where there is no such folder', async () => {
    const file = join(folder, 'nowhere', 'x.jsonl');
    await expect(Recorder.start(file, new EventLog(), { lab: LAB })).rejects.toThrow(
      /cannot record to .*ENOENT/,
    );
  });

  it.skipIf(!existsSync('/dev/full'))('ends when the disk is full, and the lab goes on', async () => {
    const log = new EventLog(() => 0);
    const failures: RecordingError[] = [];
    const recorder = await Recorder.start('/dev/full', log, {
      lab: LAB,
      onFailure: error => failures.push(error),
    });
    await waitFor(async () => failures.length > 0, { what: 'the recording to fail' });
    log.emit({ type: 'snapshot', name: 'x' });
    expect(failures[0]?.message).toMatch(/the recording to \/dev\/full ended after 0 events: ENOSPC/);
    await expect(recorder.stop()).rejects.toThrow(RecordingError);
  });

  it('is the same however it is cut into pieces', () => {
    fc.assert(
      fc.property(events, fc.array(fc.nat(500)), (written, cuts) => {
        const text = FIRST_LINE + written.map(event => `${JSON.stringify(event)}\n`).join('');
        const parser = new LabRecordingParser();
        const places = [0, ...cuts.map(cut => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
        const read = places.flatMap((from, i) => parser.push(text.slice(from, places[i + 1] ?? from)));
        expect(parser.end()).toEqual({ events: [] });
        expect(read).toEqual(written);
      }),
    );
  });

  it('may lack the end of its last line, with a warning', () => {
    const whole = `${FIRST_LINE}${JSON.stringify(EVENT)}\n`;
    for (const length of [1, 10, 40]) {
      const { events, warning } = parse(whole + JSON.stringify({ ...EVENT, seq: 2 }).slice(0, length));
      expect(events).toEqual([EVENT]);
      expect(warning).toMatch(/line 3 is cut off/);
    }
    expect(parse(whole + JSON.stringify({ ...EVENT, seq: 2 })).events).toHaveLength(2);
  });

  it.each([
    ['is damaged', `${FIRST_LINE}{"seq":1}\n`, /line 2: event.type must be/],
    ['is no JSON', `${FIRST_LINE}${JSON.stringify(EVENT)}\nfoo\n`, /line 3: not JSON/],
    [
      'goes back',
      `${FIRST_LINE}${`${JSON.stringify(EVENT)}\n`.repeat(2)}`,
      /line 3: event 1 comes after event 1/,
    ],
    ['is empty', '', /line 1: the recording is empty/],
    ['is cut off in its first line', FIRST_LINE.slice(0, 20), /line 1: the recording is empty or cut off/],
    [
      'is something else',
      '{"format":"x","version":1,"kind":"lab"}\n',
      /line 1: this is no recording, but "x"/,
    ],
    [
      'is newer',
      `${JSON.stringify({ ...HEADER, version: 2 })}\n`,
      /newer program \(version 2, this program reads up to 1\)/,
    ],
    [
      'is of something else',
      `${JSON.stringify({ ...HEADER, kind: 'simulation' })}\n`,
      /recording of a simulation/,
    ],
    [
      'has a wrong header',
      `${JSON.stringify({ ...HEADER, nodes: 3 })}\n`,
      /line 1: recording.nodes must be a list/,
    ],
  ])('is refused with its line when it %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('is refused with its line wherever a line is damaged', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 19 }), (count, at) => {
        const lines = Array.from({ length: count }, (_, i) => JSON.stringify({ ...EVENT, seq: i + 1 }));
        const damaged = at % count;
        lines[damaged] = `${lines[damaged]?.slice(0, 12)}`;
        const read = () => parse(`${FIRST_LINE}${lines.join('\n')}\n`);
        expect(read).toThrow(new RegExp(`^line ${damaged + 2}: `));
      }),
    );
  });

  it('cannot be read where there is none', async () => {
    await expect(readRecording(join(folder, 'none.jsonl'))).rejects.toThrow(/cannot read .*ENOENT/);
    const file = join(folder, 'damaged.jsonl');
    writeFileSync(file, `${FIRST_LINE}[]\n`);
    await expect(readRecording(file)).rejects.toThrow(/line 2: /);
    expect(readFileSync(file, 'utf8')).toContain('[]');
  });
});
