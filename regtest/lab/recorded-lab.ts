import { basename } from 'node:path';
import { LabError } from '../control/lab-error.js';
import { type LabView, MAX_ANSWERED_EVENTS } from '../control/protocol.js';
import type { ServerModules } from '../control/server.js';
import type { LabEvents } from '../events/event-source.js';
import type { LabEvent } from '../events/lab-event.js';
import { type LabRecording, readRecording } from '../events/recorder.js';
import { recordingStart } from '../events/recording-start.js';
import { firstAfter } from '../events/replay.js';
import { isCommand } from './dispatcher.js';
import { asLabError } from './errors.js';
import { ParamReader, show } from './param-reader.js';

/**
 * A recording in place of a lab: it answers what is asked of its past, and refuses all that would change something. What
 * is told of its state is from before the first event; the events are all there.
 */
export class RecordedLab implements ServerModules {
  private readonly view: LabView;

  constructor(
    /** Name of the file. */
    readonly name: string,
    readonly recording: LabRecording,
  ) {
    const { header, events } = recording;
    const start = recordingStart(header);
    const replay = { file: name, events: events.length };
    this.view = { ...start, status: { ...start.status, replay } };
  }

  /** @throws RecordingError with the line that is to blame */
  static async open(file: string): Promise<RecordedLab> {
    return new RecordedLab(basename(file), await readRecording(file));
  }

  get events(): LabEvents {
    const { events } = this.recording;
    return {
      lastSeq: events.at(-1)?.seq ?? 0,
      since: seq => events.slice(firstAfter(events, seq)),
      subscribe: () => () => {},
    };
  }

  /** @throws LabError, whatever goes wrong */
  async call(name: string, params: unknown): Promise<unknown> {
    try {
      return this.answer(name, new ParamReader(params, name));
    } catch (thrown) {
      throw asLabError(thrown);
    }
  }

  private answer(name: string, params: ParamReader): unknown {
    switch (name) {
      case 'status':
        params.refuseOthers();
        return this.view.status;
      case 'view':
        params.integer('belowHeight', 0, Number.MAX_SAFE_INTEGER);
        params.refuseOthers();
        return this.view;
      case 'events': {
        const since = params.integer('since', 0, Number.MAX_SAFE_INTEGER) ?? 0;
        params.refuseOthers();
        return { events: this.eventsAfter(since) };
      }
    }
    if (!isCommand(name)) throw new LabError('unknown', `there is no command ${show(name)}`);
    throw new LabError(
      'conflict',
      `this is the recording ${this.name}, not a lab: it answers status, view and events, and nothing can be changed`,
    );
  }

  private eventsAfter(seq: number): readonly LabEvent[] {
    const { events } = this.recording;
    const first = firstAfter(events, seq);
    return events.slice(first, first + MAX_ANSWERED_EVENTS);
  }
}
