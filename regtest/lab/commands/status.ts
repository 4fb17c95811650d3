import { isAbsolute } from 'node:path';
import { LabError } from '../../control/lab-error.js';
import { MAX_ANSWERED_EVENTS } from '../../control/protocol.js';
import { RecordingError } from '../../events/recording.js';
import type { Command } from '../command.js';
import { invalid, needed } from '../param-reader.js';

export const status: Command<'status'> = {
  manner: 'look',
  prepare: lab => () => lab.status(),
};

export const view: Command<'view'> = {
  manner: 'look',
  prepare: (lab, params) => {
    const belowHeight = params.integer('belowHeight', 0, Number.MAX_SAFE_INTEGER);
    return () => lab.view(belowHeight);
  },
};

export const events: Command<'events'> = {
  manner: 'look',
  prepare: (lab, params) => {
    const since = params.integer('since', 0, Number.MAX_SAFE_INTEGER) ?? 0;
    return () => ({ events: lab.events.since(since).slice(0, MAX_ANSWERED_EVENTS) });
  },
};

export const record: Command<'record'> = {
  manner: 'look',
  prepare: (lab, params) => {
    const file = params.text('file');
    const stop = params.flag('stop') ?? false;
    if (stop === (file !== undefined)) throw invalid('a recording begins with a file, or ends with stop');
    if (file !== undefined && !isAbsolute(file)) throw invalid('file must be an absolute path');
    return async () => {
      if (stop) return lab.stopRecording();
      try {
        const recorder = await lab.record(needed(file, 'file'));
        return { file: recorder.file, events: recorder.count };
      } catch (thrown) {
        throw thrown instanceof RecordingError ? new LabError('invalid', thrown.message) : thrown;
      }
    };
  },
};

export const down: Command<'down'> = {
  manner: 'look',
  prepare: lab => () => {
    lab.askDown();
    return {};
  },
};
