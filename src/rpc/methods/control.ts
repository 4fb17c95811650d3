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
  description: 'List all commands, or get help for a specified command.',
  params: [
    {
      name: 'command',
      type: 'string',
      optional: true,
      description: 'The command to get help on (default: all commands)',
    },
  ],
  result: '"str"    (string) The help text',
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
  description: 'Request a graceful shutdown of Blocksmith.',
  params: [
    {
      name: 'wait',
      type: 'number',
      optional: true,
      hidden: true,
      description: 'how long to wait in ms',
    },
  ],
  result: '"str"    (string) A string with the content \'Blocksmith stopping\'',
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
  description: 'Returns the total uptime of the server.',
  params: [],
  result: 'n    (numeric) The number of seconds that the server has been running',
  examples: [''],
  run: context => Math.floor(context.uptime()),
};

const getrpcinfo: RpcMethod = {
  name: 'getrpcinfo',
  category: 'Control',
  description: 'Returns details of the RPC server.',
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
  description: 'Returns an object containing information about memory usage.',
  params: [
    {
      name: 'mode',
      type: 'string',
      default: 'stats',
      description:
        'determines what kind of information is returned.\n- "stats" returns general statistics about memory usage in the daemon.\n- "mallocinfo" is not available.',
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
  description: `Gets and sets the logging configuration.\nWhen called without an argument, returns the list of categories with status that are currently being debug logged or not.\nWhen called with arguments, adds or removes categories from debug logging and return the lists above.\nThe arguments are evaluated in order "include", "exclude".\nIf an item is both included and excluded, it will thus end up being excluded.\n${CATEGORY_LIST}\nIn addition, the following are available as category names with special meanings:\n  - "all",  "1" : represent all logging categories.`,
  params: [
    { name: 'include', type: 'array', optional: true, description: 'The categories to add to debug logging' },
    {
      name: 'exclude',
      type: 'array',
      optional: true,
      description: 'The categories to remove from debug logging',
    },
  ],
  result: '{ "category": true|false, … }',
  examples: ['\'["all"]\' \'["http"]\''],
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
