import { RegtestNetwork, runAttack, runTrials, type TrialResult } from '../../../regtest/index.js';
import { interruptible } from './interrupt.js';
import { summarizeAttack, tellAttack } from './tell-attack.js';
import { count, percent, type Terminal } from './terminal.js';

/** Time between two reports of progress. */
const PROGRESS_MS = 1000;

export interface AttackCommandOptions {
  readonly hashrate: number;
  readonly confirmations: number;
  readonly giveUp?: number;
  readonly nodes: number;
  readonly seed: number;
  readonly trials?: number;
}

/** One attack on real nodes, or many on headers alone. */
export async function attack(options: AttackCommandOptions, terminal: Terminal): Promise<void> {
  if (options.trials === undefined) await attackLive(options, terminal);
  else await attackManyTimes({ ...options, trials: options.trials }, terminal);
}

async function attackLive(options: AttackCommandOptions, terminal: Terminal): Promise<void> {
  await interruptible(async signal => {
    terminal.say(`Starting ${count(options.nodes, 'node')} …`);
    const network = await RegtestNetwork.create({ nodes: options.nodes, seed: options.seed, signal });
    try {
      const result = await attackOn(network, options, signal, terminal);
      terminal.json(result);
    } finally {
      await network.stop();
    }
  });
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

async function attackManyTimes(
  options: AttackCommandOptions & { readonly trials: number },
  terminal: Terminal,
): Promise<void> {
  const { hashrate, confirmations, giveUp, trials, seed } = options;
  let reportedAt = performance.now();
  const result = await runTrials({
    hashrate,
    confirmations,
    giveUp,
    trials,
    seed,
    onProgress: done => {
      if (done === trials || performance.now() - reportedAt < PROGRESS_MS) return;
      reportedAt = performance.now();
      terminal.progress(`${done} of ${trials} races (${Math.floor((done / trials) * 100)} %)`);
    },
  });
  for (const line of summarizeTrials(result)) terminal.say(line);
  terminal.json(result);
}

function summarizeTrials(result: TrialResult): string[] {
  const { low, high, theory } = result;
  const inside = low <= theory && theory <= high;
  return [
    `${result.trials} double spends with ${percent(result.hashrate)} of the hash rate against ${count(result.confirmations, 'confirmation')}, seed ${result.seed}`,
    `(only strictly more work wins, nothing mined beforehand, gives up when ${result.giveUp} behind)`,
    `  success   ${percent(result.rate)} (${result.successes})`,
    `  interval  ${percent(low)} to ${percent(high)}, with 95 % confidence`,
    `  theory    ${percent(theory)}, ${inside ? 'inside' : 'outside'} the interval`,
  ];
}
