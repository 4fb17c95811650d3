import type { LabCommand, LabCommands } from '../control/protocol.js';
import type { Lab } from './lab.js';
import type { ParamReader } from './param-reader.js';

/**
 * What a command may run beside:
 *
 * - `look`: anything, at once;
 * - `act`: all but `alone`, an attack as well;
 * - `steer`: as `act`, but not while an attack goes on: it would spoil it;
 * - `attack`: begins when nothing else runs, so that nothing that steers is under way, and then as `act`;
 * - `alone`: nothing else, since it changes or reads the state of all nodes together.
 */
export type Manner = 'look' | 'act' | 'steer' | 'attack' | 'alone';

export interface Command<C extends LabCommand> {
  readonly manner: Manner;
  /**
   * Reads the parameters, and returns what is to be done: nothing has happened before that is called. The signal ends it when
   * the caller is gone or the lab ends.
   *
   * @throws LabError when a parameter makes no sense
   */
  readonly prepare: (
    lab: Lab,
    params: ParamReader,
  ) => (signal: AbortSignal) => Promise<LabCommands[C][1]> | LabCommands[C][1];
}

export type CommandTable = { readonly [C in LabCommand]: Command<C> };
