import type { LabClient } from '../regtest/control/client.js';
import { LAB_WALLET } from '../regtest/node.js';

/** Of each payment, in bitcoins. */
const PAYMENT = '0.0001';

/** Coins that each node's wallet has to begin with: with one alone a late block would end its chain of payments. */
const FIRST_COINS = 10;
const FIRST_COIN = '0.05';

/** Payments under way: a lab that is slower than asked for is not flooded. */
const MAX_UNDER_WAY = 16;

/** How often the next wallet puts its small coins together: with thousands of them, choosing coins would be all it does. */
const SWEEP_MS = 2_500;
const SMALL_COIN = 0.001;

/** For each coin: twice what an input takes at the least feerate, with its part of the rest. */
const SWEEP_FEE = 0.000002;

/** How often it is looked whether a payment is due. */
const TICK_MS = 10;

/** Blocks and payments at an even pace, from one node after the other, through a lab's control API. */
export class LabLoad {
  sent = 0;
  refused = 0;
  swept = 0;
  private begun = 0;
  private startedAt = 0;
  private timers: NodeJS.Timeout[] = [];
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly client: LabClient,
    private readonly nodes: number,
    /** A second. */
    private readonly blocks: number,
    private readonly payments: number,
  ) {}

  async start(): Promise<void> {
    for (let coin = 0; coin < FIRST_COINS; coin++) {
      for (let node = 0; node < this.nodes; node++)
        await this.client.call('send', { from: node, to: node, amount: FIRST_COIN });
    }
    await this.client.call('mine', {});
    if (this.blocks > 0)
      await this.client.call('mining', { plan: { kind: 'interval', seconds: 1 / this.blocks } });
    this.startedAt = performance.now();
    const sweeper = turns(this.nodes);
    this.timers = [
      setInterval(() => this.payWhatIsDue(), TICK_MS),
      setInterval(() => this.track(this.sweep(sweeper.next().value)), SWEEP_MS),
    ];
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.underWay);
    await this.client.call('mining', { plan: { kind: 'off' } });
  }

  private payWhatIsDue(): void {
    const due = Math.floor(((performance.now() - this.startedAt) / 1000) * this.payments);
    while (this.begun < due && this.underWay.size < MAX_UNDER_WAY) this.track(this.pay(this.begun++));
  }

  private track(work: Promise<void>): void {
    const tracked = work.finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
  }

  private async pay(turn: number): Promise<void> {
    const [from, to] = [turn % this.nodes, (turn + 1) % this.nodes];
    try {
      await this.client.call('send', { from, to, amount: PAYMENT });
      this.sent++;
    } catch {
      // A wallet has run out of coins that may be spent before the next block.
      this.refused++;
    }
  }

  private async sweep(node: number): Promise<void> {
    const call = (method: string, ...params: readonly unknown[]) =>
      this.client.call('rpc', { node, wallet: LAB_WALLET, method, params });
    try {
      const small = { maximumAmount: SMALL_COIN };
      const coins = await call('listunspent', 1, MANY_BLOCKS, [], false, small);
      if (!Array.isArray(coins) || coins.length < 2) return;
      const inputs = coins.map(({ txid, vout }: { txid: string; vout: number }) => ({ txid, vout }));
      const sum = coins.reduce((total, { amount }: { amount: number }) => total + amount, 0);
      const address = await call('getnewaddress');
      const output = { [String(address)]: (sum - SWEEP_FEE * coins.length).toFixed(8) };
      const signed = await call(
        'signrawtransactionwithwallet',
        await call('createrawtransaction', inputs, output),
      );
      await call('sendrawtransaction', Object(signed).hex);
      this.swept++;
    } catch {
      // A payment has taken one of them meanwhile.
    }
  }
}

/** No coin is older. */
const MANY_BLOCKS = 9_999_999;

function* turns(nodes: number): Generator<number, never> {
  for (let turn = 0; ; turn++) yield turn % nodes;
}
