import { bytesEqual, hashToHex } from '../../primitives/bytes.js';
import type { RpcContext } from '../context.js';
import type { JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import type { Param } from '../param.js';
import { waitForTip } from '../wait.js';

const TIMEOUT: Param = {
  name: 'timeout',
  type: 'number',
  default: 0,
  description: 'Milliseconds to wait at most; 0 for no limit',
};

const RESULT = '{ "hash": "hex", "height": n }';

function tipView({ chain }: RpcContext): JsonValue {
  return { hash: hashToHex(chain.headers.hash(chain.tip)), height: chain.height };
}

const waitfornewblock: RpcMethod = {
  name: 'waitfornewblock',
  category: 'Hidden',
  description: 'Waits until the tip changes. Gives the tip then, or at the time-out.',
  params: [TIMEOUT],
  result: RESULT,
  examples: ['60000'],
  run: async (context, args, { signal }) => {
    const { chain } = context;
    const before = chain.tip;
    await waitForTip(context, () => chain.tip !== before, args.optionalInt('timeout') ?? 0, signal);
    return tipView(context);
  },
};

const waitforblock: RpcMethod = {
  name: 'waitforblock',
  category: 'Hidden',
  description: 'Waits until a certain block is the tip. Gives the tip then, or at the time-out.',
  params: [{ name: 'blockhash', type: 'hex', description: 'Hash of the block' }, TIMEOUT],
  result: RESULT,
  examples: ['"blockhash" 60000'],
  run: async (context, args, { signal }) => {
    const { chain } = context;
    const hash = args.hash('blockhash');
    const isTip = () => bytesEqual(chain.headers.hash(chain.tip), hash);
    await waitForTip(context, isTip, args.optionalInt('timeout') ?? 0, signal);
    return tipView(context);
  },
};

const waitforblockheight: RpcMethod = {
  name: 'waitforblockheight',
  category: 'Hidden',
  description: 'Waits until the chain has reached a height. Gives the tip then, or at the time-out.',
  params: [{ name: 'height', type: 'number', description: 'Height to wait for' }, TIMEOUT],
  result: RESULT,
  examples: ['850000 60000'],
  run: async (context, args, { signal }) => {
    const { chain } = context;
    const height = args.int('height');
    await waitForTip(context, () => chain.height >= height, args.optionalInt('timeout') ?? 0, signal);
    return tipView(context);
  },
};

/** Calls that answer when the tip has changed. They end with their client, and when the node stops. */
export const waitingMethods: readonly RpcMethod[] = [waitfornewblock, waitforblock, waitforblockheight];
