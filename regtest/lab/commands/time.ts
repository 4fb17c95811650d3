import { MAX_ADVANCE, MAX_CLOCK_TIME } from '../../clock/lab-clock.js';
import type { Command } from '../command.js';
import { invalid, needed } from '../param-reader.js';

export const advance: Command<'advance'> = {
  manner: 'steer',
  prepare: ({ network }, params) => {
    const seconds = needed(params.integer('seconds', 1, MAX_ADVANCE), 'seconds');
    return () => network.clock.advance(seconds);
  },
};

/** Without parameters it tells the time. */
export const clock: Command<'clock'> = {
  manner: 'steer',
  prepare: ({ network }, params) => {
    const time = params.integer('time', 1, MAX_CLOCK_TIME);
    const freeze = params.flag('freeze');
    const release = params.flag('release') ?? false;
    if (release && (time !== undefined || freeze === true))
      throw invalid('release gives the nodes the time of the machine: without time and freeze');
    return async () => {
      const { clock: now } = network;
      if (release) return now.release();
      if (time !== undefined) return now.set(time, freeze === undefined ? {} : { freeze });
      if (freeze === undefined) return now.state;
      return freeze ? now.freeze() : now.set(now.state.time, { freeze: false });
    };
  },
};
