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
  description: "Stops the node's clock at a given time (regtest only).",
  params: [
    {
      name: 'timestamp',
      type: 'number',
      description: 'Seconds since 1970; 0 lets the clock run again',
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
  description: 'Runs what is scheduled ahead of its time (regtest only).',
  params: [
    {
      name: 'delta_time',
      type: 'number',
      description: 'Seconds to jump ahead, 1 to 3600',
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
    'Waits until all who follow the chain and the mempool have heard of everything that happened before the call.',
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
      'Gives its arguments back. For tests of clients.\necho and echojson differ only in how the command line turns arguments into JSON; arg9="trigger_internal_bug" makes it fail as a bug would.',
    params: ECHO_PARAMS,
    result: 'the arguments',
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
    'Gives its argument back. In Core it goes through a second process; here there is one. For tests.',
  params: [{ name: 'arg', type: 'string', description: 'Text to give back' }],
  result: '"echo"    (string) the text',
  examples: ['"ping"'],
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
