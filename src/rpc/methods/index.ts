import type { RpcMethod } from '../method.js';
import { blockchainMethods } from './blockchain.js';
import { blockMethods } from './blocks.js';
import { controlMethods } from './control.js';
import { mempoolMethods } from './mempool.js';
import { submissionMethods } from './submission.js';
import { testingMethods } from './testing.js';
import { waitingMethods } from './waiting.js';

/** Every method of the node but those of wallets. */
export const nodeMethods: readonly RpcMethod[] = [
  ...blockchainMethods,
  ...blockMethods,
  ...waitingMethods,
  ...mempoolMethods,
  ...submissionMethods,
  ...controlMethods,
  ...testingMethods,
];
