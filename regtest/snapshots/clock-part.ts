import { type ClockSetting, type LabClock, MAX_CLOCK_TIME } from '../clock/lab-clock.js';
import { DumpError } from './dump-error.js';
import { numberIn, recordOf } from './json-fields.js';
import type { SnapshotPart } from './snapshot-part.js';

/** How the clock of the network is set. A dump from before there was one leaves it as it is. */
export function clockPart(clock: LabClock): SnapshotPart {
  return {
    name: 'clock',
    save: () => clock.setting,
    prepare: state => {
      if (state === undefined) return () => {};
      const setting = readSetting(state);
      return () => clock.bringBack(setting);
    },
  };
}

function readSetting(state: unknown): ClockSetting {
  const fields = recordOf(state, 'clock');
  const offset = numberIn(fields, 'offset');
  const frozenAt = fields.frozenAt === undefined ? undefined : numberIn(fields, 'frozenAt');
  for (const time of [Math.abs(offset), frozenAt ?? 0]) {
    if (!Number.isSafeInteger(time) || time < 0 || time > MAX_CLOCK_TIME) {
      throw new DumpError('damaged', `the clock cannot be set to ${time}`);
    }
  }
  return { offset, frozenAt };
}
