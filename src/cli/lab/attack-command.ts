import type { Command } from 'commander';
import {
  ATTACK_KINDS,
  checkMetric,
  contradiction,
  DEFAULT_HASHRATES,
  DEFAULT_LIVE_PERIOD,
  DEFAULT_PERIOD,
  DEFAULT_SEED,
  kindOf,
  liveMetricsOf,
  MAX_CONFIRMATIONS,
  MIN_ATTACK_NODES,
  metricsOf,
  PRESETS,
} from '../../../regtest/index.js';
import { attackLive } from './attack.js';
import { attackLab } from './attack-lab.js';
import { type AttackCommandOptions, flag, requestOf } from './attack-options.js';
import { attackManyTimes } from './attack-trials.js';
import {
  parseBlocks,
  parseChance,
  parseConfirmations,
  parseDepthLimit,
  parseDuration,
  parseExpect,
  parseGiveUp,
  parseKind,
  parseMode,
  parseMoney,
  parseNodes,
  parsePeriod,
  parsePreMined,
  parsePreset,
  parseSeed,
  parseShare,
  parseTrials,
} from './options.js';
import { withProgress } from './progress.js';
import { type TerminalOptions, terminalFor } from './terminal.js';

const HELP = `
Kinds of attack (--kind):
  double-spend  The attacker pays a merchant, mines a branch in private in which the same coin goes back to himself, and
                releases it when the merchant has seen enough confirmations and the branch has strictly more work than
                the honest one: nodes stay with the branch they saw first, so a tie does not do. One confirmation is the
                block with the payment itself, so z confirmations are z honest blocks since the fork.
  selfish       He keeps blocks back so that others work in vain (SM1), on a chain that adjusts its difficulty.
  eclipse       A merchant sees no blocks but the attacker's, until he ships or his patience ends.
  censor        He leaves transactions out, and orphans the blocks of others that hold them.
  partition     A network falls in two for a time, and heals; --hashrate is the share of the first side.

With less than half of the hash rate a double spender releases as soon as he may, since every further honest block lowers
his chance: nodes undo z blocks or more. With half or more he gets ahead sooner or later in any case, and waits for one
more honest block: nodes undo z + 1 blocks or more, and the branch that replaces them has z + 2 or more.

Without --trials an attack runs once, on real nodes; who finds which block is drawn from the seed. With --trials it runs
that many times on headers alone, with the node's own rule for the best chain, and what is measured is compared with theory
for the same rules, the giving up included. A preset runs as trials, unless --live asks for one attack on nodes.

Exit codes: 0, 1 when an expectation was not met or the attack could not be run, 2 for a command line that makes no sense.
With --json the last line of standard output is one JSON object, and what people read goes to standard error.

Examples:
  $ blocksmith attack --hashrate 0.6 --confirmations 6
  $ blocksmith attack --hashrate 0.3 --confirmations 2 --give-up 5 --seed 7
  $ blocksmith attack --lab lab --confirmations 2
  $ blocksmith attack --hashrate 0.3 --confirmations 3 --trials 20000
  $ blocksmith attack --hashrate 0.1 --confirmations 1 --trials 20000 --json
  $ blocksmith attack --hashrate 0.4 --confirmations 3 --max-reorg 5 --trials 20000
  $ blocksmith attack --kind selfish --hashrate 0.35 --gamma 0.5 --trials 100000
  $ blocksmith attack --kind partition --hashrate 0.3 --duration 20 --trials 20000 --expect 'reorg>=3'
  $ blocksmith attack --preset bitcoin-gold-2020`;

interface Given extends AttackCommandOptions, TerminalOptions {}

/** Adds `attack` to the lab's commands. */
export function addAttack(program: Command): void {
  const command = program.command('attack').description('attack a network, on real nodes or many times over');
  addRules(command);
  addDefences(command);
  addMoney(command);
  command
    .option(
      '-n, --nodes <count>',
      `number of nodes of a live attack, ${MIN_ATTACK_NODES} or more`,
      parseNodes,
      4,
    )
    .option(
      '-s, --seed <number>',
      `seed of keys and of who finds which block (default: ${DEFAULT_SEED})`,
      parseSeed,
    )
    .option('--in-process', 'live nodes in this process, in memory: quicker than daemons')
    .option('--live', 'run a preset once on nodes, not as trials')
    .option('--trials <count>', 'run this many times on headers alone, and compare with theory', parseTrials)
    .option('--record <file>', 'with --trials: write the events of the first 1000, for blocksmith replay')
    .option(
      '--expect <condition>',
      "end with exit code 1 unless it holds, such as 'rate<0.2' (any number)",
      parseExpect,
    )
    .option('--lab <name>', 'attack the nodes of this running lab, not nodes of its own')
    .option('--json', 'end with one JSON object');
  withProgress(command)
    .addHelpText('after', HELP)
    .action((options: Given) => run(options, command));
}

function addRules(command: Command): void {
  const defaults = ATTACK_KINDS.map(kind => `${DEFAULT_HASHRATES[kind]} ${kind}`).join(', ');
  command
    .option(
      '-k, --kind <name>',
      'double-spend (the default), selfish, eclipse, censor or partition',
      parseKind,
    )
    .option('--preset <name>', `an attack that took place: ${Object.keys(PRESETS).join(', ')}`, parsePreset)
    .option(
      '-q, --hashrate <share>',
      `the attacker's share of the hash rate, between 0 and 1 (default: ${defaults})`,
      parseShare,
    )
    .option(
      '-z, --confirmations <count>',
      `confirmations that the merchant waits for, 0 to ${MAX_CONFIRMATIONS} (default: 6)`,
      parseConfirmations,
    )
    .option(
      '-g, --give-up <blocks>',
      'give up when this many blocks behind (default: where that hardly changes the chance)',
      parseGiveUp,
    )
    .option('--mode <name>', 'double-spend: strict (the default), tie or pre-mined', parseMode)
    .option(
      '--pre-mined <blocks>',
      'double-spend: blocks in store when the payment is made (default: 1)',
      parsePreMined,
    )
    .option('--gamma <share>', 'selfish: honest hash rate on his branch in a tie (default: 0)', parseChance)
    .option(
      '--period <blocks>',
      `selfish: blocks from one adjustment to the next (default: ${DEFAULT_PERIOD}, live ${DEFAULT_LIVE_PERIOD})`,
      parsePeriod,
    )
    .option(
      '--patience <intervals>',
      'eclipse: how long the merchant waits (default: 3 a confirmation)',
      parseDuration,
    )
    .option(
      '--duration <intervals>',
      'partition: how long it lasts, in mean block times (default: 20)',
      parseDuration,
    )
    .option(
      '--blocks <count>',
      'live: blocks found in all (selfish, censor), by each side at least (partition)',
      parseBlocks,
    );
}

function addDefences(command: Command): void {
  command
    .option(
      '--max-reorg <blocks>',
      'nodes refuse to undo more blocks; newcomers do not know',
      parseDepthLimit,
    )
    .option('--checkpoint <depth>', 'double-spend: blocks this deep are fixed for all', parseDepthLimit)
    .option('--watch <chance>', 'chance that the merchant sees the conflict in time', parseChance)
    .option('--random-tie-break', 'selfish: nodes choose between equal branches by lot');
}

function addMoney(command: Command): void {
  command
    .option('--value <amount>', 'double-spend: what is at stake, in any currency', parseMoney)
    .option('--reward <amount>', 'what a block earns (default: what it costs)', parseMoney)
    .option(
      '--block-cost <amount>',
      'what the hashes of one block cost (default: what it earns)',
      parseMoney,
    );
}

async function run(options: Given, command: Command): Promise<void> {
  const request = requestOf(options);
  const trials = trialsOf(options);
  const use = trials === undefined ? 'live' : 'trials';
  if (options.nodes < MIN_ATTACK_NODES)
    command.error(`error: an attack needs ${MIN_ATTACK_NODES} nodes or more: merchant, miner and attacker`);
  if (options.live === true && options.trials !== undefined)
    command.error('error: --live is one attack on nodes, --trials are many on headers');
  const wrong = contradiction(request, use, flag);
  if (wrong !== undefined) command.error(`error: ${wrong}`);
  if (options.lab !== undefined && trials !== undefined)
    command.error('error: --lab is for one attack on its nodes, not for --trials');
  if (options.record !== undefined && trials === undefined)
    command.error('error: --record needs --trials; a running lab is recorded by "blocksmith record"');
  const { expect = [] } = options;
  const kind = kindOf(request);
  const metrics = use === 'live' ? liveMetricsOf(kind) : metricsOf(kind);
  try {
    for (const expectation of expect) checkMetric(expectation, metrics);
  } catch (thrown) {
    if (thrown instanceof RangeError) command.error(`error: ${thrown.message}`);
    throw thrown;
  }
  const terminal = terminalFor(options);
  const { lab } = options;
  if (lab !== undefined) await attackLab(request, { ...options, lab });
  else if (trials === undefined) await attackLive(request, options, terminal);
  else await attackManyTimes(request, { trials, record: options.record, expect }, terminal);
}

/** As many as were typed, or as belong to the preset; undefined for one attack on nodes. */
function trialsOf({ trials, live, preset }: AttackCommandOptions): number | undefined {
  if (trials !== undefined || live === true || preset === undefined) return trials;
  return PRESETS[preset]?.trials;
}
