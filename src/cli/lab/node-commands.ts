import type { Command } from 'commander';
import type { LabStatus } from '../../../regtest/control/protocol.js';
import { isAlive, LabRegistry } from '../../../regtest/control/registry.js';
import { waitFor } from '../../../regtest/wait.js';
import { type AskOptions, ask, forRunningLab } from './ask.js';
import { oneOf, wholeNumber } from './parsers.js';
import { ruleLines } from './tell-rules.js';
import { bitcoins, columns, count } from './terminal.js';

/** Adds the commands that look at a running lab, its nodes among them, and that end it. */
export function addNodeCommands(program: Command): void {
  addStatus(program);
  addAccounts(program);
  addNode(program);
  addLog(program);
  addRpc(program);
  addDown(program);
}

function addStatus(program: Command): void {
  forRunningLab(program.command('status').description('tell how a running lab is'), [
    'status',
    'status --json | jq .nodes[].height',
  ]).action((options: AskOptions) =>
    ask(options, async ({ lab, terminal }) => {
      const status = await lab.call('status', {});
      for (const line of statusLines(status)) terminal.say(line);
      return status;
    }),
  );
}

function statusLines(status: LabStatus): string[] {
  const { name, nodes, clock, mining, snapshots, attack, recording } = status;
  const table = columns(
    [
      ['node', 'height', 'tip', 'peers', 'mempool', 'balance'],
      ...nodes.map(node => [
        node.name,
        String(node.height),
        node.running ? node.tip.slice(0, 16) : 'does not run',
        String(node.peers.length),
        count(node.mempool.transactions, 'tx'),
        bitcoins(node.balance.trusted),
      ]),
    ],
    [1, 3],
  );
  return [
    `${name}: ${count(nodes.length, 'node')} (${status.mode}), a ${status.topology}`,
    '',
    ...table,
    '',
    ...ruleLines(status),
    `time       ${new Date(clock.time * 1000).toISOString()}${clock.frozen ? ', standing still' : ''}`,
    `mining     ${mining.kind}`,
    `snapshots  ${snapshots.length === 0 ? 'none' : snapshots.map(one => one.name).join(', ')}`,
    ...(attack === undefined ? [] : [`attack     ${attack.attack}, ${attack.kind}`]),
    ...(recording === undefined ? [] : [`recording  ${recording}`]),
  ];
}

function addAccounts(program: Command): void {
  forRunningLab(program.command('accounts').description('tell the keys that have coins'), [
    'accounts',
    'accounts --json | jq -r .accounts[0].wif',
  ]).action((options: AskOptions) =>
    ask(options, async ({ lab, terminal }) => {
      const result = await lab.call('accounts', {});
      terminal.say(`mnemonic  ${result.mnemonic}`);
      for (const { address, wif, node } of result.accounts)
        terminal.say(`${address}  ${wif}${node === undefined ? '' : `  node${node}`}`);
      return result;
    }),
  );
}

const ACTIONS = ['start', 'stop', 'kill', 'restart'] as const;

function addNode(program: Command): void {
  forRunningLab(
    program
      .command('node')
      .description('start or stop a node of a running lab, or end it as a crash would')
      .argument('<node>', 'number or name')
      .argument('<action>', ACTIONS.join(', '), oneOf(ACTIONS)),
    ['node 1 kill', 'node node1 start'],
  ).action((node: string, action: (typeof ACTIONS)[number], options: AskOptions) =>
    ask(options, async ({ lab, terminal }) => {
      const result = await lab.call('node', { node, action });
      terminal.say(`${result.name} ${result.running ? `runs, at height ${result.height}` : 'does not run'}.`);
      return result;
    }),
  );
}

function addLog(program: Command): void {
  forRunningLab(
    program
      .command('log')
      .description("show the end of a node's log")
      .argument('<node>', 'number or name')
      .option('-l, --lines <count>', 'how many lines (default: 50)', wholeNumber(1, 1000)),
    ['log 0', 'log node2 --lines 200'],
  ).action((node: string, { lines, ...options }: AskOptions & { readonly lines?: number }) =>
    ask(options, async ({ lab, terminal }) => {
      const result = await lab.call('log', { node, ...(lines === undefined ? {} : { lines }) });
      for (const line of result.lines) terminal.say(line);
      return result;
    }),
  );
}

function addRpc(program: Command): void {
  forRunningLab(
    program
      .command('rpc')
      .description('make an RPC call to a node; parameters that are JSON are taken as such, others as text')
      .argument('<node>', 'number or name')
      .argument('<method>')
      .argument('[params...]')
      .option('-w, --wallet <name>', "one of the node's wallets (the lab's own is called lab)"),
    ['rpc 0 getblockcount', 'rpc 1 getbalances --wallet lab', 'rpc 0 getblock \'"<hash>"\' 2'],
  ).action(
    (
      node: string,
      method: string,
      words: readonly string[],
      { wallet, ...options }: AskOptions & { readonly wallet?: string },
    ) =>
      ask(options, async ({ lab, terminal }) => {
        const params = words.map(jsonOrText);
        const call = { node, method, params, ...(wallet === undefined ? {} : { wallet }) };
        const result = await lab.call('rpc', call);
        terminal.say(typeof result === 'string' ? result : JSON.stringify(result, null, 2));
        return result;
      }),
  );
}

function jsonOrText(word: string): unknown {
  try {
    return JSON.parse(word);
  } catch {
    return word;
  }
}

/** A lab stops its nodes one and all: seconds, on a busy machine more. */
const DOWN_TIMEOUT_MS = 120_000;

function addDown(program: Command): void {
  forRunningLab(program.command('down').description('end a running lab with all its nodes'), [
    'down',
    'down --lab second',
  ]).action(async (options: AskOptions) => {
    const { name, pid } = await new LabRegistry().choose(options.lab);
    await ask({ ...options, lab: name }, async ({ lab, terminal }) => {
      await lab.call('down', {});
      await waitFor(() => !isAlive(pid), { what: `${name} to end`, timeoutMs: DOWN_TIMEOUT_MS });
      terminal.say(`${name} has ended.`);
      return { name, pid };
    });
  });
}
