import { type AttackResult, RegtestNetwork, runAttack } from '../../../regtest/index.js';
import type { AttackCommandOptions } from './attack-options.js';
import { checkExpectations } from './expect.js';
import { interruptible } from './interrupt.js';
import { summarizeAttack, tellAttack } from './tell-attack.js';
import { count, type Terminal } from './terminal.js';

/** One attack on real nodes. */
export async function attackLive(options: AttackCommandOptions, terminal: Terminal): Promise<void> {
  await interruptible(async signal => {
    terminal.say(`Starting ${count(options.nodes, 'node')} …`);
    const network = await RegtestNetwork.create({ nodes: options.nodes, seed: options.seed, signal });
    try {
      const result = await attackOn(network, options, signal, terminal);
      checkExpectations(options.expect ?? [], liveFigures(result), terminal);
      terminal.json(result);
    } finally {
      await network.stop();
    }
  });
}

function liveFigures(result: AttackResult): Record<string, number> {
  return {
    success: Number(result.success),
    reorg: result.reorgDepth,
    honest: result.honestBlocks,
    attacker: result.attackerBlocks,
    theory: result.theory,
  };
}

/** Runs an attack on a network and tells it. */
export async function attackOn(
  network: RegtestNetwork,
  options: Pick<AttackCommandOptions, 'hashrate' | 'confirmations' | 'giveUp' | 'seed'>,
  signal: AbortSignal,
  terminal: Terminal,
) {
  const say = (lines: readonly string[]) => {
    for (const line of lines) terminal.say(line);
  };
  const { hashrate, confirmations, giveUp, seed } = options;
  const result = await runAttack(network, {
    hashrate,
    confirmations,
    giveUp,
    seed,
    signal,
    onEvent: event => say(tellAttack(event)),
  });
  say(summarizeAttack(result));
  return result;
}
