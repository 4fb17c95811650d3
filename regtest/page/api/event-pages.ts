import { MAX_ANSWERED_EVENTS } from '../../control/protocol.js';
import type { LabEvent } from '../../events/lab-event.js';
import { RecordingError } from '../../events/recording.js';
import { MAX_RECORDED_EVENTS, TOO_MANY_EVENTS } from '../state/limits.js';
import type { LabApi } from './lab-api.js';

/**
 * All events that a lab has kept, or that a recording holds, oldest first.
 *
 * @param onProgress told how many have come so far
 * @throws RecordingError when there are more than the page takes; CommandFailed
 */
export async function loadAllEvents(
  api: LabApi,
  onProgress: (events: number) => void = () => {},
): Promise<readonly LabEvent[]> {
  const all: LabEvent[] = [];
  for (;;) {
    const { events } = await api.call('events', { since: all.at(-1)?.seq ?? 0 });
    for (const event of events) all.push(event);
    if (all.length > MAX_RECORDED_EVENTS) throw new RecordingError(TOO_MANY_EVENTS);
    if (events.length < MAX_ANSWERED_EVENTS) return all;
    onProgress(all.length);
  }
}
