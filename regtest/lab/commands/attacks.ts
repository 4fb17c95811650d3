import { errorMessage } from '../../../src/runtime/errors.js';
import type { AttackEvent } from '../../attacks/attack-event.js';
import type { AttackOutcome } from '../../attacks/attack-outcome.js';
import { type AttackRequest, kindOf, parseAttackRequest } from '../../attacks/attack-request.js';
import { runAttackTrials } from '../../attacks/attack-trials.js';
import { MIN_ATTACK_NODES } from '../../attacks/casting.js';
import { runAttack } from '../../attacks/run-attack.js';
import { LabError } from '../../control/lab-error.js';
import type { RegtestNetwork } from '../../network.js';
import type { Command } from '../command.js';
import { CommandStopped } from '../errors.js';
import { runningNode } from '../names.js';
import { needed } from '../param-reader.js';

/** Trials of one call: a minute of one core at most, and as precise as a screen shows. */
const MAX_TRIALS = 1_000_000;

/** Goes on when its caller goes away: a page may be closed. */
export const attack: Command<'attack'> = {
  manner: 'attack',
  prepare: (lab, params) => {
    const request = parseAttackRequest(params.all(), 'live');
    const { network, attacks } = lab;
    if (network.nodes.length < MIN_ATTACK_NODES)
      throw new LabError('conflict', `an attack needs ${MIN_ATTACK_NODES} nodes or more`);
    return () =>
      attacks.run(kindOf(request), (number, signal) =>
        lab.whileNothingIsMined(() => {
          for (const node of network.nodes) runningNode(node);
          const tell = (event: AttackEvent) => network.events.emit({ type: 'attack', attack: number, event });
          return attackToItsEnd(network, request, tell, signal);
        }),
      );
  },
};

/** Whoever has heard of its start hears that it is over, however that came. */
async function attackToItsEnd(
  network: RegtestNetwork,
  request: AttackRequest,
  tell: (event: AttackEvent) => void,
  signal: AbortSignal,
): Promise<AttackOutcome> {
  let goesOn = false;
  const onEvent = (event: AttackEvent): void => {
    goesOn = event.type !== 'end';
    tell(event);
  };
  try {
    return await runAttack(network, request, { signal, onEvent });
  } catch (thrown) {
    if (goesOn) tell({ type: 'stopped', reason: errorMessage(thrown) });
    throw thrown;
  }
}

export const stopAttack: Command<'stopAttack'> = {
  manner: 'look',
  prepare: lab => () => {
    if (!lab.attacks.stop()) throw new LabError('conflict', 'no attack goes on');
    return {};
  },
};

export const trials: Command<'trials'> = {
  manner: 'look',
  prepare: (_lab, params) => {
    const count = needed(params.integer('trials', 1, MAX_TRIALS), 'trials');
    const { trials: _trials, ...asked } = params.all();
    const request = parseAttackRequest(asked, 'trials');
    return signal =>
      runAttackTrials(request, {
        trials: count,
        onProgress: () => {
          if (signal.aborted) throw new CommandStopped('the trials were given up');
        },
      });
  },
};
