import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Caller, type CallerOptions } from '../../../../src/cli/client/caller.js';
import { serve } from '../../../support/client-run.js';

describe('-rpcwait', () => {
  const warmup = { body: '{"result":null,"error":{"code":-28,"message":"Loading"},"id":1}', status: 500 };
  const fine = { body: '{"jsonrpc":"2.0","result":7,"id":1}' };

  const caller = (port: number, options: Partial<CallerOptions>) =>
    new Caller(() => ({ host: '127.0.0.1', port, credentials: 'a:b', timeoutSeconds: 5, configFile: '' }), {
      wait: true,
      waitTimeoutSeconds: 0,
      walletName: undefined,
      retryDelayMs: 2,
      ...options,
    });

  it('tries again while the server is warming up', async () => {
    const answers = [warmup, warmup, fine];
    const stub = await serve(() => answers.shift() ?? fine);
    expect(await caller(stub.port, {}).call('x', '[]')).toEqual({ result: '7', error: undefined });
    expect(stub.calls).toHaveLength(3);
  });

  it('tries again while there is no server', async () => {
    // The port that nobody answers on is chosen while the other is taken, or the system may give out the same one twice.
    const stub = await serve(() => fine);
    const gone = await serve(() => fine);
    await gone.stop();
    let attempts = 0;
    const port = () => (attempts++ < 3 ? gone.port : stub.port);
    const endpoint = () => ({
      host: '127.0.0.1',
      port: port(),
      credentials: 'a:b',
      timeoutSeconds: 5,
      configFile: '',
    });
    const options = { wait: true, waitTimeoutSeconds: 0, walletName: undefined, retryDelayMs: 2 };
    expect((await new Caller(endpoint, options).call('x', '[]')).result).toBe('7');
    expect(attempts).toBe(4);
  });

  it('ends at -rpcwaittimeout', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const stub = await serve(() => {
      vi.advanceTimersByTime(2000);
      return warmup;
    });
    await expect(caller(stub.port, { waitTimeoutSeconds: 5 }).call('x', '[]')).rejects.toThrow(
      'timeout on transient error: server in warmup',
    );
    expect(stub.calls).toHaveLength(3);
  });

  it('is not done unasked', async () => {
    const stub = await serve(() => warmup);
    const { error } = await caller(stub.port, { wait: false }).call('x', '[]');
    expect(error).toBe('{"code":-28,"message":"Loading"}');
    expect(stub.calls).toHaveLength(1);
  });
});
