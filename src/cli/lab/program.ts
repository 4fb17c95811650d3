import { Command } from 'commander';
import { DEFAULT_SEED, MIN_ATTACK_NODES } from '../../../regtest/index.js';
import { VERSION } from '../../node/version.js';
import { type AttackCommandOptions, attack } from './attack.js';
import { demo } from './demo.js';
import {
  MAX_CONFIRMATIONS,
  parseConfirmations,
  parseGiveUp,
  parseMode,
  parseNodes,
  parseSeed,
  parseShare,
  parseTopology,
  parseTrials,
} from './options.js';
import { terminalFor } from './terminal.js';
import { type UpOptions, up } from './up.js';

interface WithJson {
  readonly json?: boolean;
}

const UP_HELP = `
Every node is a process of its own with its own data directory, and can be used with blocksmith-cli or any RPC client.
The chain starts at height 101, and every node has a confirmed coin that it can spend at once. Keys follow from the
seed: use them for play money only.

Examples:
  $ blocksmith up
  $ blocksmith up --nodes 8 --topology ring
  $ blocksmith up --nodes 1 --json | jq -r '.nodes[0].rpc'
  $ blocksmith up --datadir ./lab        the chain is there again next time`;

const ATTACK_HELP = `
The attacker pays a merchant, mines a branch in private in which the same coin goes back to himself, and releases it
when the merchant has seen enough confirmations and the branch has strictly more work than the honest one: nodes stay
with the branch they saw first, so a tie does not do. He starts with nothing mined beforehand. One confirmation is the
block with the payment itself, so z confirmations are z honest blocks since the fork.

With less than half of the hash rate he releases as soon as he may, since every further honest block lowers his chance:
nodes undo z blocks or more. With half or more he gets ahead sooner or later in any case, and waits for one more honest
block: nodes undo z + 1 blocks or more, and the branch that replaces them has z + 2 or more.

Without --trials the attack runs once, on real nodes over real sockets; who finds which block is drawn from the seed.
With --trials it runs that many times on headers alone, with the node's own rule for the best chain, and the rate of
success is compared with theory. The theory shown is for the same rules, the giving up included.

With --json the last line of standard output is one JSON object, and what people read goes to standard error.

Examples:
  $ blocksmith attack --hashrate 0.6 --confirmations 6
  $ blocksmith attack --hashrate 0.3 --confirmations 2 --give-up 5 --seed 7
  $ blocksmith attack --hashrate 0.3 --confirmations 3 --trials 20000
  $ blocksmith attack --hashrate 0.1 --confirmations 1 --trials 20000 --json`;

/** The lab's command line. */
export function labProgram(): Command {
  const program = new Command('blocksmith')
    .description('A Bitcoin network on your machine: real nodes, real blocks, real reorganisations.')
    .version(VERSION)
    .showHelpAfterError('(use --help for more)');
  addUp(program);
  addDemo(program);
  addAttack(program);
  return program;
}

function addUp(program: Command): void {
  program
    .command('up')
    .description('start a network of nodes and keep it up until Ctrl-C')
    .option('-n, --nodes <count>', 'number of nodes', parseNodes, 4)
    .option(
      '-t, --topology <name>',
      'how they are joined: line, ring or mesh',
      parseTopology,
      'mesh' as const,
    )
    .option(
      '-m, --mode <name>',
      'process: daemons over TCP; inProcess: nodes in memory, up at once',
      parseMode,
      'process' as const,
    )
    .option('-s, --seed <number>', 'seed of keys and wallets', parseSeed, DEFAULT_SEED)
    .option(
      '-d, --datadir <directory>',
      'keep the data here (default: a temporary directory, removed at the end)',
    )
    .option('--json', 'tell everything in one JSON line when the network is ready')
    .addHelpText('after', UP_HELP)
    .action((options: UpOptions & WithJson) => up(options, terminalFor(options)));
}

function addDemo(program: Command): void {
  program
    .command('demo')
    .description('start four nodes, send a coin, and undo a payment by a 51 % attack')
    .action(() => demo(terminalFor({})));
}

function addAttack(program: Command): void {
  program
    .command('attack')
    .description('double spend by mining in private, on real nodes or many times over')
    .option(
      '-q, --hashrate <share>',
      "the attacker's share of the hash rate, between 0 and 1",
      parseShare,
      0.6,
    )
    .option(
      '-z, --confirmations <count>',
      `confirmations that the merchant waits for, 0 to ${MAX_CONFIRMATIONS}`,
      parseConfirmations,
      6,
    )
    .option(
      '-g, --give-up <blocks>',
      'give up when this many blocks behind (default: where that hardly changes the chance)',
      parseGiveUp,
    )
    .option('-n, --nodes <count>', `number of nodes, ${MIN_ATTACK_NODES} or more`, parseNodes, 4)
    .option('-s, --seed <number>', 'seed of keys and of who finds which block', parseSeed, DEFAULT_SEED)
    .option('--trials <count>', 'run this many races on headers alone, and compare with theory', parseTrials)
    .option('--json', 'end with one JSON object')
    .addHelpText('after', ATTACK_HELP)
    .action((options: AttackCommandOptions & WithJson, command: Command) => {
      if (options.nodes < MIN_ATTACK_NODES) {
        command.error(
          `error: an attack needs ${MIN_ATTACK_NODES} nodes or more: merchant, miner and attacker`,
        );
      }
      return attack(options, terminalFor(options));
    });
}
