import { Command } from 'commander';
import { VERSION } from '../../node/version.js';

type Add = (program: Command) => void;

/** Commands by the file that has them. Files are loaded when they are needed: a client must not wait for a node's code. */
const COMMANDS: readonly (readonly [names: readonly string[], load: () => Promise<Add>])[] = [
  [['up'], async () => (await import('./up-command.js')).addUp],
  [
    ['status', 'accounts', 'node', 'log', 'rpc', 'down'],
    async () => (await import('./node-commands.js')).addNodeCommands,
  ],
  [
    ['mine', 'mining', 'send', 'faucet', 'reorg', 'advance', 'clock'],
    async () => (await import('./chain-commands.js')).addChainCommands,
  ],
  [
    ['partition', 'heal', 'connect', 'disconnect', 'link'],
    async () => (await import('./link-commands.js')).addLinkCommands,
  ],
  [
    ['snapshot', 'revert', 'dump', 'load', 'record', 'replay'],
    async () => (await import('./snapshot-commands.js')).addSnapshotCommands,
  ],
  [['attack'], async () => (await import('./attack-command.js')).addAttack],
  [['simulate'], async () => (await import('./simulate-command.js')).addSimulate],
  [['demo'], async () => (await import('./demo-command.js')).addDemo],
];

/** For a command line that makes no sense; 1 is for what went wrong with one that does. */
export const USAGE_EXIT_CODE = 2;

/**
 * The lab's command line.
 *
 * @param first word of it: when that is a command, no others are loaded
 */
export async function labProgram(first?: string): Promise<Command> {
  const program = new Command('blocksmith')
    .description('A Bitcoin network on your machine: real nodes, real blocks, real reorganisations.')
    .version(VERSION)
    .showHelpAfterError('(use --help for more)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_EXIT_CODE));
  const named = COMMANDS.filter(([names]) => first !== undefined && names.includes(first));
  for (const [, load] of named.length > 0 ? named : COMMANDS) (await load())(program);
  return program;
}
