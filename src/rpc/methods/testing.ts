import { RpcCode, RpcError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import type { Param } from '../param.js';

/** Largest time that fits Core's clock of nanoseconds, in seconds. */
const MAX_MOCK_TIME = 9223372036;

/** Longest step of the scheduler, in seconds. */
const MAX_SCHEDULER_STEP = 3600;

function regtestOnly(isMockable: boolean, method: string): void {
  if (isMockable) return;
  throw new RpcError(RpcCode.MISC_ERROR, `${method} is for regression testing (-regtest mode) only`);
}

const setmocktime: RpcMethod = {
  name: 'setmocktime',
  category: 'Hidden',
  description: 'Set the local time to given timestamp (-regtest only)',
  params: [
    {
      name: 'timestamp',
      type: 'number',
      description: 'UNIX epoch time\nPass 0 to go back to using the system time.',
    },
  ],
  result: 'null',
  run: async ({ chain, clock }, args) => {
    regtestOnly(chain.params.isMockable, 'setmocktime');
    const time = args.int64('timestamp');
    if (time < 0 || time > MAX_MOCK_TIME) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        `Mocktime must be in the range [0, ${MAX_MOCK_TIME}], not ${time}.`,
      );
    }
    await chain.runStable(() => clock.setMockTime(time));
    return null;
  },
};

const mockscheduler: RpcMethod = {
  name: 'mockscheduler',
  category: 'Hidden',
  description: 'Bump the scheduler into the future (-regtest only)',
  params: [
    {
      name: 'delta_time',
      type: 'number',
      description: 'Number of seconds to forward the scheduler into the future.',
    },
  ],
  result: 'null',
  run: async ({ chain, clock, notificationsDone }, args) => {
    regtestOnly(chain.params.isMockable, 'mockscheduler');
    const seconds = args.int64('delta_time');
    if (seconds <= 0 || seconds > MAX_SCHEDULER_STEP) {
      throw new RpcError(RpcCode.MISC_ERROR, 'delta_time must be between 1 and 3600 seconds (1 hr)');
    }
    clock.advanceScheduler(seconds);
    await notificationsDone();
    return null;
  },
};

const syncwithvalidationinterfacequeue: RpcMethod = {
  name: 'syncwithvalidationinterfacequeue',
  category: 'Hidden',
  description:
    'Waits for the validation interface queue to catch up on everything that was there when we entered this function.',
  params: [],
  result: 'null',
  examples: [''],
  run: async ({ notificationsDone }) => {
    await notificationsDone();
    return null;
  },
};

const ECHO_PARAMS: readonly Param[] = Array.from({ length: 10 }, (_, i) => ({
  name: `arg${i}`,
  // As text for both: that the client converts those of echojson is the one difference between them.
  type: 'text-or-json',
  optional: true,
  description: '',
}));

function echoMethod(name: 'echo' | 'echojson'): RpcMethod {
  return {
    name,
    category: 'Hidden',
    description:
      "Simply echo back the input arguments. This command is for testing.\nIt will return an internal bug report when arg9='trigger_internal_bug' is passed.\nThe difference between echo and echojson is that echojson has argument conversion enabled in the client-side table in the command line client. There is no server-side difference.",
    params: ECHO_PARAMS,
    result: 'Returns whatever was passed in',
    run: (_, args) => {
      if (args.raw('arg9') === 'trigger_internal_bug') {
        throw new RpcError(
          RpcCode.MISC_ERROR,
          'Internal bug detected: request.params[9].get_str() != "trigger_internal_bug"',
        );
      }
      return args.positional as JsonValue;
    },
  };
}

const echoipc: RpcMethod = {
  name: 'echoipc',
  category: 'Hidden',
  description:
    'Echo back the input argument. Core passes it through another process where it is built of several.\nThis command is for testing.',
  params: [{ name: 'arg', type: 'string', description: 'The string to echo' }],
  result: '"echo"    (string) The echoed string.',
  examples: ['"Hello world"'],
  run: (_, args) => args.string('arg'),
};

/** Methods that only tests have a use for. */
export const testingMethods: readonly RpcMethod[] = [
  setmocktime,
  mockscheduler,
  syncwithvalidationinterfacequeue,
  echoMethod('echo'),
  echoMethod('echojson'),
  echoipc,
];
