import type { Command } from 'commander';
import type { MiningPlan } from '../../../regtest/mining/plan.js';
import { type AskOptions, ask, forRunningLab } from './ask.js';
import { parseBitcoins, parseNumbers, positiveNumber, wholeNumber } from './parsers.js';
import { count } from './terminal.js';

/** Limits are the lab's: it names them. */
const whole = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const number = positiveNumber(Number.MAX_SAFE_INTEGER, true);

/** Adds the commands that move the chain of a running lab: blocks, payments, time. */
export function addChainCommands(program: Command): void {
  addMine(program);
  addMining(program);
  addSend(program);
  addFaucet(program);
  addReorg(program);
  addAdvance(program);
  addClock(program);
}

interface MineOptions extends AskOptions {
  readonly node?: string;
  readonly address?: string;
}

function addMine(program: Command): void {
  forRunningLab(
    program
      .command('mine')
      .description('mine blocks')
      .argument('[blocks]', 'how many', whole, 1)
      .option('-n, --node <node>', 'which node finds them (default: the first)')
      .option('-a, --address <address>', "node or address that gets the reward (default: the node's own)"),
    ['mine', 'mine 10 --node 2', 'mine 101 --address bcrt1q…'],
  ).action((blocks: number, { node, address, ...options }: MineOptions) => {
    let found = 0;
    const action = ask(
      options,
      async ({ lab, terminal }) => {
        const where = {
          ...(node === undefined ? {} : { node }),
          ...(address === undefined ? {} : { address }),
        };
        const result = await lab.call('mine', { blocks, ...where });
        terminal.say(`${count(result.hashes.length, 'block')}, the last one ${result.hashes.at(-1)}`);
        return result;
      },
      event =>
        event.type === 'blockFound' ? `height ${event.height}, ${count(++found, 'block')} more` : undefined,
    );
    return action;
  });
}

interface MiningOptions extends AskOptions {
  readonly seconds?: number;
  readonly shares?: readonly number[];
  readonly seed?: number;
}

function addMining(program: Command): void {
  forRunningLab(
    program
      .command('mining')
      .description('say when blocks come by themselves; without a plan it is told')
      .argument('[plan]', 'off, transaction, interval, clocks or work')
      .option('--seconds <number>', 'interval: between blocks; clocks: on average', number)
      .option('--shares <numbers>', 'of the hash rate, by node (default: all the same)', parseNumbers)
      .option('-s, --seed <number>', 'clocks: decides who finds what', whole),
    [
      'mining interval --seconds 2',
      'mining clocks --seconds 5 --shares 3,1,1',
      'mining transaction',
      'mining off',
    ],
  ).action((kind: string | undefined, options: MiningOptions, command: Command) =>
    ask(options, async ({ lab, terminal }) => {
      const result =
        kind === undefined
          ? { plan: (await lab.call('status', {})).mining }
          : await lab.call('mining', { plan: planOf(kind, options, command) });
      terminal.say(JSON.stringify(result.plan));
      return result;
    }),
  );
}

function planOf(kind: string, { seconds, shares, seed }: MiningOptions, command: Command): MiningPlan {
  const withShares = shares === undefined ? {} : { shares };
  const needed = () => seconds ?? command.error(`error: ${kind} needs --seconds`);
  switch (kind) {
    case 'off':
    case 'transaction':
      return { kind };
    case 'work':
      return { kind, ...withShares };
    case 'interval':
      return { kind, seconds: needed(), ...withShares };
    case 'clocks':
      return { kind, meanSeconds: needed(), ...withShares, ...(seed === undefined ? {} : { seed }) };
    default:
      return command.error(`error: there is no plan "${kind}": off, transaction, interval, clocks or work`);
  }
}

interface SendOptions extends AskOptions {
  readonly feeRate?: number;
  readonly confirm?: boolean;
}

function addSend(program: Command): void {
  forRunningLab(
    program
      .command('send')
      .description("pay from a node's wallet")
      .argument('<from>', 'node')
      .argument('<to>', 'node or address')
      .argument('<amount>', 'bitcoins', parseBitcoins)
      .option('--fee-rate <number>', 'satoshis per virtual byte (default: what the wallet chooses)', number)
      .option('-c, --confirm', 'mine a block with it'),
    ['send 0 1 1.5', 'send node0 bcrt1q… 0.1 --fee-rate 5 --confirm'],
  ).action((from: string, to: string, amount: string, { feeRate, confirm, ...options }: SendOptions) =>
    ask(options, async ({ lab, terminal }) => {
      const fee = feeRate === undefined ? {} : { feeRate };
      const result = await lab.call('send', { from, to, amount, ...fee, confirm: confirm ?? false });
      terminal.say(`${result.txid}${result.block === undefined ? '' : `\nin block ${result.block}`}`);
      return result;
    }),
  );
}

function addFaucet(program: Command): void {
  forRunningLab(
    program
      .command('faucet')
      .description('give new coins to a node or an address')
      .argument('<to>', 'node or address')
      .argument('[amount]', 'bitcoins (default: 1)', parseBitcoins)
      .option('--no-confirm', 'leave it in the mempools'),
    ['faucet 2', 'faucet bcrt1q… 12.5'],
  ).action((to: string, amount: string | undefined, { confirm, ...options }: SendOptions) =>
    ask(options, async ({ lab, terminal }) => {
      const given = amount === undefined ? {} : { amount };
      const result = await lab.call('faucet', { to, ...given, confirm: confirm ?? true });
      terminal.say(`${result.txid}${result.block === undefined ? '' : `\nin block ${result.block}`}`);
      return result;
    }),
  );
}

interface ReorgOptions extends AskOptions {
  readonly node?: string;
  readonly keep?: boolean;
}

function addReorg(program: Command): void {
  forRunningLab(
    program
      .command('reorg')
      .description('take blocks out of the chain by a competing branch with more work')
      .argument('<depth>', 'how many blocks', whole)
      .option('-n, --node <node>', 'which node gets the branch first (default: the first that runs)')
      .option('--keep', "the new blocks hold the old ones' transactions"),
    ['reorg 3', 'reorg 6 --keep --node 1'],
  ).action((depth: number, { node, keep, ...options }: ReorgOptions) =>
    ask(options, async ({ lab, terminal }) => {
      const where = node === undefined ? {} : { node };
      const result = await lab.call('reorg', { depth, ...where, keepTransactions: keep ?? false });
      terminal.say(
        `Above height ${result.forkHeight}: ${count(result.removed.length, 'block')} out, ${result.added.length} in, ${count(result.reversed.length, 'transaction')} reversed.`,
      );
      return result;
    }),
  );
}

function addAdvance(program: Command): void {
  forRunningLab(
    program
      .command('advance')
      .description("move the nodes' time forward")
      .argument('<seconds>', 'by how much', whole),
    ['advance 3600'],
  ).action((seconds: number, options: AskOptions) =>
    ask(options, async ({ lab, terminal }) => {
      const result = await lab.call('advance', { seconds });
      terminal.say(new Date(result.time * 1000).toISOString());
      return result;
    }),
  );
}

interface ClockOptions extends AskOptions {
  readonly freeze?: boolean;
  readonly run?: boolean;
  readonly release?: boolean;
}

function addClock(program: Command): void {
  forRunningLab(
    program
      .command('clock')
      .description("tell or set the nodes' time")
      .argument('[time]', 'in seconds since 1970', whole)
      .option('--freeze', 'it stands still from then on')
      .option('--run', 'it goes on')
      .option('--release', "the machine's time again"),
    ['clock', 'clock 2000000000 --freeze', 'clock --release'],
  ).action(
    (time: number | undefined, { freeze, run, release, ...options }: ClockOptions, command: Command) => {
      if (freeze === true && run === true) command.error('error: --freeze or --run, not both');
      return ask(options, async ({ lab, terminal }) => {
        const result = await lab.call('clock', {
          ...(time === undefined ? {} : { time }),
          ...(freeze === true || run === true ? { freeze: freeze === true } : {}),
          ...(release === true ? { release } : {}),
        });
        terminal.say(
          `${new Date(result.time * 1000).toISOString()}${result.frozen ? ', standing still' : ''}`,
        );
        return result;
      });
    },
  );
}
