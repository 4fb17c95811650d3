import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import type { NamedRpcParams, RpcParams, RpcResult } from '../../../../regtest/rpc/call-types.js';
import { RpcCaller } from '../../../../regtest/rpc/caller.js';
import type {
  BlockInfo,
  BlockStats,
  BlockTemplate,
  BlockTransaction,
  CoinScan,
  ConfirmedTransaction,
  ConfirmedTransactionWithPrevouts,
  DecodedTransaction,
  ExplainedPayment,
  HeaderInfo,
  InputWithPrevout,
  MempoolEntry,
  RawTransaction,
  TxOutSetInfo,
  WalletTransaction,
} from '../../../../regtest/rpc/methods/index.js';
import { typeErrors } from '../../../support/type-check.js';

const HASH = '00'.repeat(32);

/** Answers nothing, and keeps what was asked. */
class Deaf extends RpcCaller {
  readonly asked: (readonly unknown[])[] = [];

  wallet(): RpcCaller {
    return this;
  }

  async request<T>(method: string, ...params: readonly unknown[]): Promise<T> {
    this.asked.push([method, ...params]);
    return undefined as T;
  }

  close(): void {}
}

let rpc: Deaf;

beforeEach(() => {
  rpc = new Deaf();
});

// The compiler checks the statements about types; at run time they do nothing.
describe('the type of an answer', () => {
  it('follows from the verbosity of a block', async () => {
    const height: number = 7;
    const hash = await rpc.call('getblockhash', height);
    expectTypeOf(hash).toEqualTypeOf<string>();
    expectTypeOf(rpc.call('getblock', hash, 0)).resolves.toEqualTypeOf<string>();
    expectTypeOf(rpc.call('getblock', hash)).resolves.toEqualTypeOf<BlockInfo>();
    expectTypeOf(rpc.call('getblock', hash, 1)).resolves.toEqualTypeOf<BlockInfo>();
    expectTypeOf(rpc.call('getblock', hash, undefined)).resolves.toEqualTypeOf<BlockInfo>();
    expectTypeOf(rpc.call('getblock', hash, 2)).resolves.toEqualTypeOf<BlockInfo<BlockTransaction>>();
    expectTypeOf(rpc.call('getblock', hash, 3)).resolves.toEqualTypeOf<
      BlockInfo<BlockTransaction<InputWithPrevout>>
    >();
    expectTypeOf(rpc.call('getblockheader', hash)).resolves.toEqualTypeOf<HeaderInfo>();
    expectTypeOf(rpc.call('getblockheader', hash, false)).resolves.toEqualTypeOf<string>();
  });

  it('follows from what is asked of the mempool', () => {
    type Entries = Readonly<Record<string, MempoolEntry>>;
    expectTypeOf(rpc.call('getrawmempool')).resolves.toEqualTypeOf<readonly string[]>();
    expectTypeOf(rpc.call('getrawmempool', true)).resolves.toEqualTypeOf<Entries>();
    expectTypeOf(rpc.call('getrawmempool', false, true)).resolves.toEqualTypeOf<{
      readonly txids: readonly string[];
      readonly mempool_sequence: number;
    }>();
    expectTypeOf(rpc.call('getmempoolancestors', HASH)).resolves.toEqualTypeOf<readonly string[]>();
    expectTypeOf(rpc.call('getmempooldescendants', HASH, true)).resolves.toEqualTypeOf<Entries>();
  });

  it('follows from the verbosity of a transaction, and from where it is looked for', () => {
    expectTypeOf(rpc.call('getrawtransaction', HASH)).resolves.toEqualTypeOf<string>();
    expectTypeOf(rpc.call('getrawtransaction', HASH, 0, HASH)).resolves.toEqualTypeOf<string>();
    expectTypeOf(rpc.call('getrawtransaction', HASH, true)).resolves.toEqualTypeOf<RawTransaction>();
    expectTypeOf(rpc.call('getrawtransaction', HASH, 2)).resolves.toEqualTypeOf<RawTransaction>();
    expectTypeOf(rpc.call('getrawtransaction', HASH, 1, HASH)).resolves.toEqualTypeOf<ConfirmedTransaction>();
    expectTypeOf(
      rpc.call('getrawtransaction', HASH, 2, HASH),
    ).resolves.toEqualTypeOf<ConfirmedTransactionWithPrevouts>();
    expectTypeOf(rpc.call('gettransaction', HASH)).resolves.toEqualTypeOf<WalletTransaction>();
    expectTypeOf(rpc.call('gettransaction', HASH, undefined, true)).resolves.toEqualTypeOf<
      WalletTransaction & { readonly decoded: DecodedTransaction }
    >();
  });

  it('follows from what a method is to do', () => {
    expectTypeOf(rpc.call('scantxoutset', 'start', ['addr(x)'])).resolves.toEqualTypeOf<CoinScan>();
    expectTypeOf(rpc.call('scantxoutset', 'abort')).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(rpc.call('getblocktemplate', { rules: ['segwit'] })).resolves.toEqualTypeOf<BlockTemplate>();
    expectTypeOf(rpc.call('getblocktemplate', { mode: 'proposal', data: '' })).resolves.toEqualTypeOf<
      string | null
    >();
    expectTypeOf(rpc.call('gettxoutsetinfo', 'none')).resolves.toEqualTypeOf<TxOutSetInfo>();
    expectTypeOf(rpc.call('gettxoutsetinfo', 'muhash')).resolves.toHaveProperty('muhash');
    expectTypeOf(rpc.call('getblockstats', 7)).resolves.toEqualTypeOf<BlockStats>();
    expectTypeOf(rpc.call('getblockstats', 7, ['txs'])).resolves.toEqualTypeOf<Partial<BlockStats>>();
    expectTypeOf(rpc.call('generateblock', 'x', [], false)).resolves.toHaveProperty('hex');
  });

  it('is all that it may be where the parameters do not tell', () => {
    const verbose: boolean = JSON.parse('true');
    expectTypeOf(rpc.call('getblockheader', HASH, verbose)).resolves.toEqualTypeOf<HeaderInfo | string>();
    expectTypeOf<RpcResult<'getblockheader'>>().toEqualTypeOf<HeaderInfo | string>();
    expectTypeOf<RpcResult<'getblockheader', [string, false]>>().toEqualTypeOf<string>();
  });
});

describe('parameters', () => {
  it('that do not exist or do not fit are mistakes', () => {
    expectTypeOf<RpcParams<'getblockhash'>>().toEqualTypeOf<[height: number]>();
    // @ts-expect-error no such method
    rpc.call('getblockhas', 7);
    // @ts-expect-error not a number
    rpc.call('getblockhash', '7');
    // @ts-expect-error no such verbosity
    rpc.call('getblock', HASH, 4);
    // @ts-expect-error no such option
    rpc.call('send', [{ x: 1 }], 6, 'economical', undefined, { lockUnspents: true });
    // @ts-expect-error no such parameter
    rpc.callNamed('listunspent', { minConf: 1 }).catch(() => {});
    // @ts-expect-error no amount
    rpc.callNamed('sendtoaddress', { address: 'x' });
  });

  it('may be named', async () => {
    expectTypeOf<NamedRpcParams<'importmempool'>>().toEqualTypeOf<{
      readonly filepath: string;
      readonly options?: RpcParams<'importmempool'>[1];
    }>();
    const payment = { address: 'x', amount: 1, fee_rate: 2 };
    expectTypeOf(rpc.callNamed('sendtoaddress', payment)).resolves.toEqualTypeOf<string>();
    const explained = await rpc.callNamed('sendtoaddress', { verbose: true, address: 'x', amount: 1 });
    expectTypeOf(explained).toEqualTypeOf<ExplainedPayment>();
    await rpc.callNamed('getrawmempool', { mempool_sequence: true, verbose: undefined });
    await rpc.callNamed('getblockcount', {});
    const none = undefined;
    expect(rpc.asked).toEqual([
      ['sendtoaddress', 'x', 1, none, none, none, none, none, none, none, 2],
      ['sendtoaddress', 'x', 1, none, none, none, none, none, none, none, none, true],
      ['getrawmempool', none, true],
      ['getblockcount'],
    ]);
  });

  it('may be undefined also for those who tell that from left out', async () => {
    const lines = [
      "import type { NamedRpcResult, RpcResult } from '#regtest/rpc/call-types.js';",
      "export const inOrder: RpcResult<'getblock', [string, undefined]>['nTx'] = 1;",
      "export const named: NamedRpcResult<'sendtoaddress', { address: string; amount: 1; fee_rate: undefined }> = '';",
    ];
    expect(await typeErrors(lines)).toEqual([]);
  });

  it('of other names are refused at run time as well', async () => {
    const params: object = { address: 'x', amount: 1, feerate: 2 };
    const untyped: { callNamed(method: string, params: object): Promise<unknown> } = rpc;
    await expect(untyped.callNamed('sendtoaddress', params)).rejects.toThrow(
      'sendtoaddress has no parameter feerate',
    );
    expect(rpc.asked).toEqual([]);
  });
});
