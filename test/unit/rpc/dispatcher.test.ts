import { describe, expect, it } from 'vitest';
import type { RpcContext } from '../../../src/rpc/context.js';
import { bindArguments, Dispatcher } from '../../../src/rpc/dispatcher.js';
import { RpcError } from '../../../src/rpc/errors.js';
import { parseJson } from '../../../src/rpc/json-read.js';
import type { RpcMethod } from '../../../src/rpc/method.js';
import { silentLogger } from '../../../src/runtime/logger.js';

const echo: RpcMethod = {
  name: 'echo',
  category: 'Util',
  description: '',
  params: [
    { name: 'first', type: 'any', optional: true, description: '' },
    { name: 'second', aliases: ['old'], type: 'any', optional: true, description: '' },
    {
      name: 'options',
      type: 'named-options',
      optional: true,
      description: '',
      members: [
        { name: 'rate', type: 'number', optional: true, description: '' },
        { name: 'second', type: 'number', optional: true, description: '' },
      ],
    },
    { name: 'last', type: 'any', optional: true, description: '' },
  ],
  result: '',
  run: (_, args) => args.positional as never,
};

const strict: RpcMethod = {
  name: 'strict',
  category: 'Util',
  description: 'Says what it needs.',
  params: [
    { name: 'count', type: 'number', description: '' },
    { name: 'text', type: 'string', optional: true, description: '' },
  ],
  result: '',
  run: () => null,
};

const broken: RpcMethod = {
  ...strict,
  name: 'broken',
  params: [],
  run: () => {
    throw new Error('out of luck');
  },
};

function positional(json: string): unknown {
  try {
    return bindArguments(echo, parseJson(json) as never).positional;
  } catch (thrown) {
    return thrown instanceof RpcError ? `${thrown.code}: ${thrown.message}` : thrown;
  }
}

describe('named arguments', () => {
  it('take their places, and gaps before them become null', () => {
    expect(positional('{"first":1}')).toEqual([1]);
    expect(positional('{"last":4,"first":1}')).toEqual([1, null, null, 4]);
    expect(positional('{}')).toEqual([]);
  });

  it('may go by a former name', () => {
    expect(positional('{"old":2}')).toEqual([null, 2]);
  });

  it('may be members of an options object', () => {
    expect(positional('{"rate":5}')).toEqual([null, null, { rate: 5 }]);
    expect(positional('{"rate":5,"last":1}')).toEqual([null, null, { rate: 5 }, 1]);
    expect(positional('{"rate":5,"options":{"rate":6}}')).toBe(
      '-8: Parameter options conflicts with parameter rate',
    );
  });

  it('may follow positional ones', () => {
    expect(positional('{"args":[1,2],"last":4}')).toEqual([1, 2, null, 4]);
    expect(positional('{"args":[1,2]}')).toEqual([1, 2]);
    expect(positional('{"args":[1,2],"second":3}')).toBe(
      '-8: Parameter second|old specified twice both as positional and named argument',
    );
  });

  it('that are not known are refused', () => {
    expect(positional('{"third":1}')).toBe('-8: Unknown named parameter third');
  });

  it('that come twice are refused', () => {
    expect(positional('{"first":1,"first":2}')).toBe('-8: Parameter first specified multiple times');
  });
});

describe('calls', () => {
  const call = {
    walletName: undefined,
    user: 'u',
    signal: new AbortController().signal,
  };
  function dispatcher(): Dispatcher {
    const made = new Dispatcher([echo, strict, broken], silentLogger, () => 0);
    made.open({} as RpcContext);
    return made;
  }
  async function errorOf(work: Promise<unknown>): Promise<string> {
    const thrown = await work.then(
      () => 'no error',
      (error: unknown) => error,
    );
    return thrown instanceof RpcError ? `${thrown.code}: ${thrown.message}` : String(thrown);
  }

  it('are refused while the node starts, and again while it stops', async () => {
    const made = new Dispatcher([echo], silentLogger, () => 0);
    made.setWarmupStatus('Loading block index…');
    expect(await errorOf(made.execute([], { ...call, method: 'echo' }))).toBe('-28: Loading block index…');
    made.open({} as RpcContext);
    expect(await made.execute([1], { ...call, method: 'echo' })).toEqual([1]);
    made.close('Shutting down');
    expect(await errorOf(made.execute([], { ...call, method: 'echo' }))).toBe('-28: Shutting down');
  });

  it('of unknown methods are refused', async () => {
    expect(await errorOf(dispatcher().execute([], { ...call, method: 'nothing' }))).toBe(
      '-32601: Method not found',
    );
  });

  it('with too few or too many arguments get the help', async () => {
    for (const params of [[], [1, 'x', 2]]) {
      expect(await errorOf(dispatcher().execute(params, { ...call, method: 'strict' }))).toMatch(
        /^-1: strict count \( "text" \)\n\nSays what it needs\.\n/,
      );
    }
  });

  it('with arguments of the wrong type are told so', async () => {
    expect(await errorOf(dispatcher().execute(['x'], { ...call, method: 'strict' }))).toContain(
      '"Position 1 (count)": "JSON value of type string is not of expected type number"',
    );
  });

  it('that fail by a bug are answered, too', async () => {
    expect(await errorOf(dispatcher().execute([], { ...call, method: 'broken' }))).toBe('-1: out of luck');
  });
});
