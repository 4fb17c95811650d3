import { LabError } from '../control/lab-error.js';
import type { LabCommand, LabCommands } from '../control/protocol.js';
import type { ServerModules } from '../control/server.js';
import type { LabEvents } from '../events/event-source.js';
import type { Command } from './command.js';
import { COMMANDS } from './commands/index.js';
import { asLabError, CommandStopped } from './errors.js';
import type { Lab } from './lab.js';
import { ParamReader, show } from './param-reader.js';
import type { Turns } from './turns.js';

/** Runs commands on a lab, as they come in from a program that need not know what it says. */
export class Dispatcher implements ServerModules {
  constructor(private readonly lab: Lab) {}

  get events(): LabEvents {
    return this.lab.events;
  }

  /**
   * Runs the command with this name.
   *
   * @param signal aborted when nobody waits for the result any more
   * @throws LabError, whatever goes wrong
   */
  async call(name: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    try {
      if (!isCommand(name)) throw new LabError('unknown', `there is no command ${show(name)}`);
      return await this.run(name, COMMANDS[name], params, signal);
    } catch (thrown) {
      throw asLabError(thrown);
    }
  }

  private run<C extends LabCommand>(
    name: C,
    { manner, prepare }: Command<C>,
    params: unknown,
    signal: AbortSignal,
  ): Promise<LabCommands[C][1]> {
    const { lab } = this;
    const reader = new ParamReader(params, name);
    const action = prepare(lab, reader);
    reader.refuseOthers();
    const start = async () => {
      const ended = AbortSignal.any([signal, lab.ended]);
      if (ended.aborted) throw new CommandStopped(`${name} was given up`);
      if (manner === 'steer' || manner === 'alone') lab.attacks.refuseWhileRunning(name);
      return action(ended);
    };
    if (manner === 'look') return start();
    if (manner === 'attack') return beginAlone(lab.turns, start);
    // An attack may take minutes: nobody is to wait that long.
    if (manner !== 'act') lab.attacks.refuseWhileRunning(name);
    return manner === 'alone' ? lab.turns.alone(start) : lab.turns.shared(start);
  }
}

/** Begins `action` when nothing else runs; others need not wait for its end. */
async function beginAlone<T>(turns: Turns, action: () => Promise<T>): Promise<T> {
  const { underWay } = await turns.alone(async () => ({ underWay: action() }));
  return underWay;
}

export function isCommand(name: string): name is LabCommand {
  return Object.hasOwn(COMMANDS, name);
}
