import { getHeapSpaceStatistics } from 'node:v8';
import { LOG_CATEGORIES } from '../../runtime/logger.js';
import { asString } from '../args.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import { pause } from '../wait.js';

const help: RpcMethod = {
  name: 'help',
  category: 'Control',
  description: 'Lists all methods, or explains one.',
  params: [
    {
      name: 'command',
      type: 'string',
      optional: true,
      description: 'Method to explain (default: list all)',
    },
  ],
  result: '"str"    (string) help text',
  run: ({ server }, args) => {
    const command = args.optionalString('command') ?? '';
    // Undocumented, as in Core: lets a test compare the client's table of conversions with the methods.
    if (command === 'dump_all_command_conversions') return server.argumentTable();
    return server.help(command);
  },
};

const stop: RpcMethod = {
  name: 'stop',
  category: 'Control',
  description: 'Shuts the node down in good order.',
  params: [
    {
      name: 'wait',
      type: 'number',
      optional: true,
      hidden: true,
      description: 'Milliseconds to wait before the answer',
    },
  ],
  result: '"str"    (string) "Blocksmith stopping"',
  run: async (context, args) => {
    context.requestStop();
    const waitMs = args.optionalInt('wait') ?? 0;
    if (waitMs > 0) await pause(context, waitMs);
    return 'Blocksmith stopping';
  },
};

const uptime: RpcMethod = {
  name: 'uptime',
  category: 'Control',
  description: 'Tells for how long the node has been running.',
  params: [],
  result: 'n    (numeric) seconds since the start',
  examples: [''],
  run: context => Math.floor(context.uptime()),
};

const getrpcinfo: RpcMethod = {
  name: 'getrpcinfo',
  category: 'Control',
  description:
    'Lists the calls in progress, with their time so far in microseconds, and the path of the log.',
  params: [],
  result: '{ "active_commands": [ { "method", "duration" } ], "logpath" }',
  examples: [''],
  run: ({ server, logControl }) => ({
    active_commands: [...server.activeCommands()].map(({ method, durationMicros }) => ({
      method,
      duration: durationMicros,
    })),
    logpath: logControl.path,
  }),
};

const getmemoryinfo: RpcMethod = {
  name: 'getmemoryinfo',
  category: 'Control',
  description:
    'Tells in bytes how large the JavaScript heap is and how it is used. None of it is locked in memory.',
  params: [
    {
      name: 'mode',
      type: 'string',
      default: 'stats',
      description: '"stats" for the figures; "mallocinfo" is refused, there is no such allocator here',
    },
  ],
  result: '{ "locked": { "used", "free", "total", "locked", "chunks_used", "chunks_free" } }',
  examples: [''],
  run: (_, args) => {
    const mode = args.optionalString('mode') ?? 'stats';
    if (mode === 'stats') return { locked: heapStatistics() };
    const text = mode === 'mallocinfo' ? 'mallocinfo mode not available' : `unknown mode ${mode}`;
    throw new RpcError(RpcCode.INVALID_PARAMETER, text);
  },
};

/** The JavaScript heap in the form of Core's locked memory; none of it is locked, and its spaces are the chunks. */
function heapStatistics(): JsonValue {
  const spaces = getHeapSpaceStatistics();
  const used = spaces.reduce((sum, space) => sum + space.space_used_size, 0);
  const total = spaces.reduce((sum, space) => sum + Math.max(space.space_size, space.space_used_size), 0);
  return {
    used,
    free: total - used,
    total,
    locked: 0,
    chunks_used: spaces.filter(space => space.space_used_size > 0).length,
    chunks_free: spaces.filter(space => space.space_available_size > 0).length,
  };
}

const CATEGORY_LIST = `The valid logging categories are: ${LOG_CATEGORIES.join(', ')}`;

const logging: RpcMethod = {
  name: 'logging',
  category: 'Control',
  description: `Turns categories of debug logging on and off, and shows which ones are on.\nWhat is in both lists ends up off. "all", or "1", stands for every category.\n${CATEGORY_LIST}`,
  params: [
    { name: 'include', type: 'array', optional: true, description: 'Categories to turn on' },
    {
      name: 'exclude',
      type: 'array',
      optional: true,
      description: 'Categories to turn off',
    },
  ],
  result: '{ "category": true|false, … }',
  examples: ['\'["net","mempool"]\' \'["rpc"]\''],
  run: (context, args) => {
    setCategories(context, args.optionalArray('include'), true);
    setCategories(context, args.optionalArray('exclude'), false);
    return context.logControl.categories();
  },
};

function setCategories(
  { logControl }: RpcContext,
  categories: readonly unknown[] | undefined,
  on: boolean,
): void {
  for (const item of categories ?? []) {
    const category = asString(item);
    if (!logControl.setCategory(category, on)) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, `unknown logging category ${category}`);
    }
  }
}

/** The server itself. */
export const controlMethods: readonly RpcMethod[] = [help, stop, uptime, getrpcinfo, getmemoryinfo, logging];
