import type { CommandTable } from '../command.js';
import { attack, stopAttack, trials } from './attacks.js';
import { connect, disconnect, heal, link, partition } from './links.js';
import { mine, mining, reorg } from './mining.js';
import { log, node, rpc } from './nodes.js';
import { accounts, faucet, send } from './payments.js';
import { dropSnapshot, dump, load, revert, snapshot } from './snapshots.js';
import { down, events, record, status, view } from './status.js';
import { advance, clock } from './time.js';

/** All commands by name. */
export const COMMANDS: CommandTable = {
  ...{ status, view, events, record, down },
  ...{ mine, mining, reorg },
  ...{ accounts, send, faucet },
  ...{ partition, heal, connect, disconnect, link },
  ...{ node, log, rpc },
  ...{ snapshot, revert, dropSnapshot, dump, load },
  ...{ advance, clock },
  ...{ attack, stopAttack, trials },
};
