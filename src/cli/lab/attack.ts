import {
  type AttackEvent,
  type AttackOutcome,
  type AttackRequest,
  DEFAULT_LIVE_PERIOD,
  kindOf,
  type RegtestNetwork,
  runAttack,
} from '../../../regtest/index.js';
import type { AttackCommandOptions } from './attack-options.js';
import { checkExpectations } from './expect.js';
import { interruptible } from './interrupt.js';
import { startNetwork } from './start-network.js';
import { liveFigures, summarizeAttack, tellAttack } from './tell-attack.js';
import type { Terminal } from './terminal.js';

/** One attack on real nodes. */
export async function attackLive(
  request: AttackRequest,
  options: AttackCommandOptions,
  terminal: Terminal,
): Promise<void> {
  await interruptible(async signal => {
    const network = await startNetwork(terminal, {
      nodes: options.nodes,
      seed: request.seed,
      mode: options.inProcess === true ? 'inProcess' : 'process',
      ...(kindOf(request) === 'selfish'
        ? { proofOfWork: { retargetBlocks: request.period ?? DEFAULT_LIVE_PERIOD } }
        : {}),
      defences: { maxReorg: request.defences?.maxReorg },
      signal,
    });
    try {
      const outcome = await attackOn(network, request, signal, terminal);
      checkExpectations(options.expect ?? [], liveFigures(outcome), terminal);
      terminal.json(outcome);
    } finally {
      await network.stop();
    }
  });
}

/** Runs an attack on a network and tells it. */
export async function attackOn(
  network: RegtestNetwork,
  request: AttackRequest,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<AttackOutcome> {
  const say = (lines: readonly string[]) => {
    for (const line of lines) terminal.say(line);
  };
  const onEvent = (event: AttackEvent) => say(tellAttack(event));
  const outcome: AttackOutcome = await runAttack(network, request, { signal, onEvent });
  say(summarizeAttack(outcome));
  return outcome;
}
