import type { CommandTable } from '../command.js';
import { connect, disconnect, heal, link, partition } from './links.js';
import { mine } from './mining.js';
import { log, node, rpc } from './nodes.js';
import { send } from './payments.js';
import { down, status } from './status.js';

/** All commands by name. */
export const COMMANDS = {
  status,
  mine,
  send,
  partition,
  heal,
  connect,
  disconnect,
  link,
  node,
  log,
  rpc,
  down,
} satisfies Partial<CommandTable>;
