import type { LabEvent } from '../../events/lab-event.js';
import { LabRecordingParser, RecordingError } from '../../events/recording.js';
import { recordingStart } from '../../events/recording-start.js';
import { MAX_RECORDED_EVENTS, TOO_MANY_EVENTS } from './limits.js';
import type { Recording } from './playback.js';

/** Characters that are read before the page gets its turn: some milliseconds. */
const SLICE = 1 << 18;

/**
 * Reads a recording of a lab, a line of JSON for each event.
 *
 * @throws RecordingError that tells the line
 */
export async function parseRecording(name: string, text: string): Promise<Recording> {
  const parser = new LabRecordingParser();
  const events: LabEvent[] = [];
  for (let at = 0; at < text.length; at += SLICE) {
    for (const event of parser.push(text.slice(at, at + SLICE))) events.push(event);
    if (events.length > MAX_RECORDED_EVENTS) throw new RecordingError(TOO_MANY_EVENTS);
    await new Promise(resolve => setTimeout(resolve));
  }
  events.push(...parser.end().events);
  const { header } = parser;
  return { name, events, ...(header === undefined ? {} : { start: recordingStart(header) }) };
}
