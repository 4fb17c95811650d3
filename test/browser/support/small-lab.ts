import { parseAttackRequest } from '../../../regtest/attacks/attack-request.js';
import { runAttackTrials } from '../../../regtest/attacks/attack-trials.js';
import { runAttack } from '../../../regtest/attacks/run-attack.js';
import type { LabStatus, LinkStatus, NodeStatus } from '../../../regtest/control/protocol.js';
import type { LabEvent } from '../../../regtest/events/lab-event.js';
import { LabBlocks } from '../../../regtest/events/lab-view.js';
import { type LinkConditions, PERFECT_LINK } from '../../../regtest/links/conditions.js';
import { RegtestNetwork } from '../../../regtest/network.js';
import type { NetworkOptions } from '../../../regtest/network-options.js';
import type { RegtestNode } from '../../../regtest/node.js';
import { linksOf } from '../../../regtest/topology.js';
import type { Answer, ServedLab } from './page-server.js';

type Params = Readonly<Record<string, unknown>>;

/** A network of real nodes in this process behind the commands that the page's tests give. */
export class SmallLab implements ServedLab {
  readonly answers: Readonly<Record<string, Answer>>;
  private readonly connected = new Map<string, boolean>();
  private attacks = 0;
  private attack: AbortController | undefined;

  private constructor(
    readonly network: RegtestNetwork,
    private readonly blocks: LabBlocks,
  ) {
    network.events.subscribe(event => this.note(event));
    this.answers = {
      status: () => this.status(),
      view: async ({ belowHeight }) => ({
        status: await this.status(),
        blocks: await blocks.page(typeof belowHeight === 'number' ? belowHeight : undefined),
      }),
      events: ({ since }) => ({ events: this.since(Number(since ?? 0)) }),
      mine: async ({ node, blocks: count = 1 }) => ({ hashes: await this.node(node).mine(Number(count)) }),
      send: params => this.send(params),
      faucet: params => this.send({ from: 0, ...params }),
      partition: params => this.partition(params),
      heal: async () => {
        await network.heal();
        return { links: this.links() };
      },
      link: params => this.link(params),
      node: params => this.power(params),
      log: ({ node, lines }) => ({
        lines: this.node(node)
          .logTail(Number(lines ?? 100))
          .split('\n'),
      }),
      rpc: ({ node, method, params }) =>
        this.node(node).rpc.request(String(method), ...(Array.isArray(params) ? params : [])),
      attack: params => this.runAttack(params),
      stopAttack: () => this.attack?.abort(new Error('the attack was stopped')),
      trials: ({ trials, ...request }) =>
        runAttackTrials(parseAttackRequest(request, 'trials'), { trials: Number(trials) }),
    };
  }

  static async start(options: NetworkOptions): Promise<SmallLab> {
    const network = await RegtestNetwork.create({ mode: 'inProcess', ...options });
    const viewed = network.nodes.map(node => ({
      index: node.index,
      rpc: node.rpc,
      get isRunning() {
        return node.isRunning;
      },
    }));
    return new SmallLab(network, await LabBlocks.follow(viewed, network.events));
  }

  get lastSeq(): number {
    return this.network.events.lastSeq;
  }

  since(seq: number): readonly LabEvent[] {
    return this.network.events.since(seq);
  }

  subscribe(listener: (event: LabEvent) => void): () => void {
    return this.network.events.subscribe(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.attack?.abort(new Error('the lab ends'));
    this.blocks.close();
    await this.network.stop();
  }

  private node(which: unknown): RegtestNode {
    const found = this.network.nodes.find(({ index, name }) => index === which || name === which);
    if (found === undefined) throw new RangeError(`there is no node ${String(which)}`);
    return found;
  }

  private async send({ from, to, amount, feeRate }: Params): Promise<unknown> {
    const address = typeof to === 'string' ? to : this.node(to).key.address;
    const named = typeof feeRate === 'number' ? { fee_rate: feeRate } : {};
    const wallet = this.node(from).wallet();
    const txid = await wallet.request<string>(
      'sendtoaddress',
      address,
      String(amount),
      ...rateParams(named.fee_rate),
    );
    return { txid };
  }

  private async partition({ groups }: Params): Promise<unknown> {
    if (!Array.isArray(groups)) throw new RangeError('groups are lists of nodes');
    const lists = groups.map(group => (Array.isArray(group) ? group.map(node => this.node(node)) : []));
    await this.network.partition(lists);
    return { links: this.links() };
  }

  private async link({ a, b, ...changes }: Params): Promise<unknown> {
    const conditions: Partial<LinkConditions> = changes;
    const pairs = linksOf('mesh', this.network.nodes.length, this.network.seed).filter(
      pair => a === undefined || (pair.includes(Number(a)) && pair.includes(Number(b))),
    );
    for (const [from, to] of pairs) {
      await this.network.link(this.network.node(from), this.network.node(to)).set(conditions);
    }
    return { links: this.links() };
  }

  private async power({ node, action }: Params): Promise<NodeStatus> {
    const target = this.node(node);
    if (action === 'kill' || action === 'stop') await target.kill();
    else await target.restart();
    return this.nodeStatus(target);
  }

  private async runAttack(params: Params): Promise<unknown> {
    const request = parseAttackRequest(params, 'live');
    const attack = ++this.attacks;
    const controller = new AbortController();
    this.attack = controller;
    try {
      return await runAttack(this.network, request, {
        signal: controller.signal,
        onEvent: event => this.network.events.emit({ type: 'attack', attack, event }),
      });
    } finally {
      this.attack = undefined;
    }
  }

  private note(event: LabEvent): void {
    if (event.type === 'link') this.connected.set(event.nodes.join('-'), event.connected);
  }

  private links(): LinkStatus[] {
    const { network } = this;
    return linksOf(network.topology, network.nodes.length, network.seed).map(nodes => ({
      nodes,
      conditions: network.link(network.node(nodes[0]), network.node(nodes[1])).conditions ?? PERFECT_LINK,
      connected: this.connected.get(nodes.join('-')) ?? true,
    }));
  }

  private async status(): Promise<LabStatus> {
    const { mode, topology, seed, nodes } = this.network;
    return {
      name: 'small',
      mode,
      topology,
      seed,
      uptimeMs: Math.round(performance.now()),
      nodes: await Promise.all(nodes.map(node => this.nodeStatus(node))),
      links: this.links(),
      clock: { time: Math.floor(Date.now() / 1000), offset: 0, frozen: false },
      mining: { kind: 'off' },
      snapshots: [],
      seq: this.lastSeq,
    };
  }

  private async nodeStatus(node: RegtestNode): Promise<NodeStatus> {
    const { index, name, isRunning: running, p2pAddress: p2p, key } = node;
    const still = { index, name, running, p2p, address: key.address };
    if (!running) {
      const nothing = { trusted: 0, pending: 0, immature: 0 };
      return {
        ...still,
        height: 0,
        tip: '',
        peers: [],
        mempool: { transactions: 0, bytes: 0 },
        balance: nothing,
      };
    }
    const [{ blocks, bestblockhash }, peers, pool, { mine }] = await Promise.all([
      node.rpc.call('getblockchaininfo'),
      node.rpc.call('getpeerinfo'),
      node.rpc.request<{ readonly size: number; readonly bytes: number }>('getmempoolinfo'),
      node.wallet().call('getbalances'),
    ]);
    return {
      ...still,
      height: blocks,
      tip: bestblockhash,
      peers: peers.map(({ subver }) => /\((.*)\)/.exec(subver)?.[1] ?? subver),
      mempool: { transactions: pool.size, bytes: pool.bytes },
      balance: { trusted: mine.trusted, pending: mine.untrusted_pending, immature: mine.immature },
    };
  }
}

/** `fee_rate` is the tenth parameter of sendtoaddress. */
function rateParams(feeRate: unknown): unknown[] {
  return feeRate === undefined ? [] : [null, null, null, null, null, null, null, feeRate];
}
