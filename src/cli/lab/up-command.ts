import type { Command } from 'commander';
import { DEFAULT_SEED, MAX_NODES } from '../../../regtest/index.js';
import {
  parseAccounts,
  parseDifficulty,
  parseLabName,
  parseNetworkMode,
  parseNodesOfAnyMode,
  parsePhrase,
  parseReorgLimit,
  parseRetargetBlocks,
  parseSeed,
  parseSpacing,
  parseTopology,
} from './options.js';
import { parsePort } from './parsers.js';
import { withProgress } from './progress.js';
import { type TerminalOptions, terminalFor } from './terminal.js';
import { type UpOptions, up } from './up.js';

const UP_HELP = `
Every node is a process of its own with its own data directory, and can be used with blocksmith-cli or any RPC client.
The chain starts at height 101, and every account has a confirmed coin that can be spent at once. Each node's wallet
holds the key of one account. Keys follow from the seed: use them for play money only.

Examples:
  $ blocksmith up
  $ blocksmith up --nodes 8 --topology ring
  $ blocksmith up --nodes 1 --json | jq -r '.nodes[0].rpc'
  $ blocksmith up --datadir ./lab        the chain is there again next time
  $ blocksmith up --proof-of-work 32     a chain for \`blocksmith attack --lab lab --kind selfish\`
  $ blocksmith up --proof-of-work 16 --spacing 2    then \`blocksmith clock --release\` and \`blocksmith mining work\`
  $ blocksmith up --max-reorg 6          nodes that stay with a branch seven blocks deep`;

/** Adds `up` to the lab's commands. */
export function addUp(program: Command): void {
  const command = program
    .command('up')
    .description('start a network of nodes and keep it up until Ctrl-C')
    .option('-n, --nodes <count>', 'number of nodes', parseNodesOfAnyMode, 4)
    .option(
      '-t, --topology <name>',
      'how they are joined: line, ring, star, random or mesh',
      parseTopology,
      'mesh' as const,
    )
    .option(
      '-m, --mode <name>',
      'process: daemons over TCP; inProcess: nodes in memory, up at once',
      parseNetworkMode,
      'process' as const,
    )
    .option('-s, --seed <number>', 'seed of keys and wallets', parseSeed, DEFAULT_SEED)
    .option('--mnemonic <words>', 'BIP39 phrase that keys and wallets come from instead', parsePhrase)
    .option('--accounts <count>', "funded accounts, the nodes' own among them (default: 10)", parseAccounts)
    .option(
      '-d, --datadir <directory>',
      'keep the data here (default: a temporary directory, removed at the end)',
    )
    .option(
      '--proof-of-work <blocks>',
      "the difficulty adjusts every so many blocks, by mainnet's rule",
      parseRetargetBlocks,
    )
    .option(
      '--spacing <seconds>',
      'with --proof-of-work: time from block to block that it adjusts to (default: 600)',
      parseSpacing,
    )
    .option(
      '--difficulty <number>',
      'with --proof-of-work: of the first block, in multiples of the least (default: 64)',
      parseDifficulty,
    )
    .option('--max-reorg <blocks>', 'nodes refuse to undo more blocks than this', parseReorgLimit)
    .option('--name <name>', 'what to call the lab (default: lab, or lab-2 beside another)', parseLabName)
    .option('--port <number>', 'port of its page and control API (default: a free one)', parsePort)
    .option('--no-page', 'serve the control API without the page')
    .option('--json', 'tell everything in one JSON line when the network is ready');
  withProgress(command)
    .addHelpText('after', UP_HELP)
    .action((options: UpOptions & TerminalOptions) => {
      if (options.mode === 'inProcess' && options.datadir !== undefined) {
        command.error('error: with --mode inProcess nodes keep their data in memory: there is no --datadir');
      }
      const { proofOfWork, spacing, difficulty, datadir } = options;
      if (proofOfWork === undefined && (spacing !== undefined || difficulty !== undefined)) {
        command.error('error: --spacing and --difficulty are of a chain with --proof-of-work');
      }
      if (proofOfWork !== undefined && datadir !== undefined) {
        command.error(
          'error: with --proof-of-work the time follows the blocks, and is not kept: there is no --datadir',
        );
      }
      const most = MAX_NODES[options.mode];
      if (options.nodes > most)
        command.error(`error: with --mode ${options.mode} a network has 1 to ${most} nodes`);
      if (options.accounts !== undefined && options.accounts < options.nodes)
        command.error('error: every node has an account: --accounts must not be below --nodes');
      return up(options, terminalFor(options));
    });
}
