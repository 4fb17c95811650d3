import type { KeepAliveRpc } from './keep-alive-rpc.js';

/** A client that asks about the chain without a break, as dashboards and explorers do: each call when the one before was answered. */
export class RpcLoad {
  /** Milliseconds that each call took. */
  readonly latencies: number[] = [];
  private ended = false;
  private readonly work: Promise<void>;

  /** @param rpc a connection of its own, which is closed at the end */
  constructor(private readonly rpc: KeepAliveRpc) {
    this.work = this.run();
  }

  async stop(): Promise<void> {
    this.ended = true;
    await this.work;
    this.rpc.close();
  }

  private async run(): Promise<void> {
    while (!this.ended) {
      const { bestblockhash } = await this.timed<{ bestblockhash: string }>('getblockchaininfo');
      await this.timed('getblock', bestblockhash);
      await this.timed('getblockheader', bestblockhash);
      await this.timed('getmempoolinfo');
    }
  }

  private async timed<T>(method: string, ...params: readonly unknown[]): Promise<T> {
    const started = performance.now();
    const result = await this.rpc.call<T>(method, ...params);
    this.latencies.push(performance.now() - started);
    return result;
  }
}
