import {
  LAB_WALLET,
  type NetworkMode,
  type NetworkOptions,
  type RegtestNetwork,
  type RegtestNode,
  type Topology,
  toldRules,
} from '../../../regtest/index.js';
import { clientLine } from './client-command.js';
import { aborted, interruptible } from './interrupt.js';
import { type LabFacts, LabPlace, type ServeOptions } from './lab-place.js';
import { startNetwork } from './start-network.js';
import { type AccountFacts, accountFacts, accountLines } from './tell-accounts.js';
import { ruleLines } from './tell-rules.js';
import { bitcoins, count, type Terminal } from './terminal.js';

export interface UpOptions extends ServeOptions {
  readonly nodes: number;
  readonly topology: Topology;
  readonly seed: number;
  readonly mode: NetworkMode;
  readonly datadir?: string;
  readonly mnemonic?: string;
  readonly accounts?: number;
  /** Blocks from one adjustment of the difficulty to the next. */
  readonly proofOfWork?: number;
  /** Seconds between blocks that come as they should. */
  readonly spacing?: number;
  readonly difficulty?: number;
  readonly maxReorg?: number;
}

/** Starts a lab, tells how to use it, and keeps it up until Ctrl-C, SIGTERM, or `blocksmith down`. */
export async function up(options: UpOptions, terminal: Terminal): Promise<void> {
  await interruptible(async signal => {
    const startedAt = performance.now();
    const place = await LabPlace.reserve(options);
    let network: RegtestNetwork | undefined;
    try {
      network = await startNetwork(terminal, { ...networkOptions(options), signal });
      const lab = await place.open(network);
      const seconds = (performance.now() - startedAt) / 1000;
      await present(network, place.facts, seconds, terminal);
      const unwatch = watch(network, terminal);
      await Promise.race([aborted(signal), lab.downAsked]);
      unwatch();
      terminal.say('Stopping all nodes …');
    } finally {
      await place.close();
      await network?.stop();
    }
    terminal.say(
      options.datadir === undefined ? 'Stopped.' : `Stopped. The data are kept in ${options.datadir}.`,
    );
  });
}

function networkOptions({
  proofOfWork: retargetBlocks,
  spacing: spacingSeconds,
  difficulty,
  maxReorg,
  ...others
}: UpOptions): NetworkOptions & { readonly nodes: number } {
  return {
    ...others,
    serveRpc: true,
    defences: { maxReorg },
    ...(retargetBlocks === undefined ? {} : { proofOfWork: { retargetBlocks, spacingSeconds, difficulty } }),
  };
}

interface NodeFacts {
  readonly node: RegtestNode;
  readonly balance: number;
}

async function present(
  network: RegtestNetwork,
  lab: LabFacts,
  seconds: number,
  terminal: Terminal,
): Promise<void> {
  const height = await network.node(0).rpc.call('getblockcount');
  const facts = await Promise.all(
    network.nodes.map(async node => {
      const { mine } = await node.wallet().call('getbalances');
      return { node, balance: mine.trusted };
    }),
  );
  const accounts = await accountFacts(network);
  const joined = network.nodes.length > 1 ? `joined as a ${network.topology}, ` : '';
  terminal.say(
    `${count(network.nodes.length, 'node')}, ${joined}at height ${height}: ready after ${seconds.toFixed(1)} s.`,
  );
  for (const line of ruleLines(network.rules)) terminal.say(line);
  terminal.say('');
  for (const one of facts) for (const line of nodeLines(one)) terminal.say(line);
  for (const line of accountLines(network.mnemonic, accounts)) terminal.say(line);
  terminal.say('');
  terminal.say(`Each node has a wallet "${LAB_WALLET}" that holds its key. Try, in another terminal:`);
  for (const line of examples(network)) terminal.say(`  ${line}`);
  terminal.say('');
  for (const line of labLines(lab)) terminal.say(line);
  terminal.say('');
  terminal.say('Ctrl-C stops all nodes.');
  terminal.json({ ...asJson(network, height, seconds, facts, accounts), lab });
}

function nodeLines({ node, balance }: NodeFacts): string[] {
  return [
    `${node.name}    RPC ${node.rpcUrl}    P2P ${node.p2pAddress}    ${bitcoins(balance)}`,
    ...(node.daemon === undefined ? [] : [`  cookie   ${node.daemon.cookieFile}`]),
  ];
}

function examples(network: RegtestNetwork): string[] {
  const first = network.node(0);
  const last = network.node(network.nodes.length - 1);
  return [
    clientLine(first, 'getblockcount'),
    clientLine(first, 'sendtoaddress', last.key.address, '1'),
    clientLine(last, 'getrawmempool'),
    clientLine(last, 'generatetoaddress', '1', last.key.address),
    clientLine(last, 'getbalance'),
  ];
}

function asJson(
  network: RegtestNetwork,
  height: number,
  seconds: number,
  facts: readonly NodeFacts[],
  accounts: readonly AccountFacts[],
) {
  return {
    ready: true,
    seconds: Number(seconds.toFixed(3)),
    chain: 'regtest',
    height,
    topology: network.topology,
    seed: network.seed,
    ...toldRules(network.rules),
    datadir: network.datadir,
    mnemonic: network.mnemonic,
    accounts: accounts.map(({ account, balance }) => ({ ...account, balance })),
    faucet: network.faucet,
    nodes: facts.map(({ node, balance }) => ({
      name: node.name,
      pid: node.daemon?.pid,
      rpc: node.rpcUrl,
      rpcport: node.host.rpcPort,
      p2p: node.p2pAddress,
      datadir: node.daemon?.datadir,
      cookie: node.daemon?.cookieFile,
      clientArgs: node.clientArgs,
      wallet: LAB_WALLET,
      address: node.key.address,
      key: node.key.wif,
      balance,
    })),
    examples: examples(network),
  };
}

/** How the lab itself is used. */
function labLines({ name, page, control }: LabFacts): string[] {
  return [
    ...(page === undefined ? [] : [`Page     ${page}`]),
    `Control  ${control}, lab "${name}": try blocksmith status, mine, send, partition, snapshot, down`,
  ];
}

/** Says so when a node ends though nobody asked for it. @returns what ends that */
function watch({ events, nodes }: RegtestNetwork, terminal: Terminal): () => void {
  return events.subscribe(event => {
    if (event.type !== 'node' || event.state !== 'ended') return;
    terminal.say(`${nodes[event.node]?.name} has ended; the others go on.`);
  });
}
