import type { RpcMethod } from '../method.js';
import { blockTemplateMethods } from './block-template.js';
import { blockchainMethods } from './blockchain.js';
import { blockMethods } from './blocks.js';
import { connectionMethods } from './connections.js';
import { controlMethods } from './control.js';
import { feeMethods } from './fees.js';
import { generatingMethods } from './generating.js';
import { mempoolMethods } from './mempool.js';
import { miningMethods } from './mining.js';
import { networkMethods } from './network.js';
import { pruningMethods } from './pruning.js';
import { rawTransactionMethods } from './rawtransactions.js';
import { scanMethods } from './scantxoutset.js';
import { snapshotMethods } from './snapshots.js';
import { statisticsMethods } from './statistics.js';
import { submissionMethods } from './submission.js';
import { submitBlockMethods } from './submitblock.js';
import { testingMethods } from './testing.js';
import { transactionMethods } from './transactions.js';
import { utilMethods } from './util.js';
import { waitingMethods } from './waiting.js';

/** Every method of the node but those of wallets. */
export const nodeMethods: readonly RpcMethod[] = [
  ...blockchainMethods,
  ...blockMethods,
  ...pruningMethods,
  ...statisticsMethods,
  ...snapshotMethods,
  ...scanMethods,
  ...waitingMethods,
  ...mempoolMethods,
  ...submissionMethods,
  ...transactionMethods,
  ...rawTransactionMethods,
  ...miningMethods,
  ...blockTemplateMethods,
  ...submitBlockMethods,
  ...generatingMethods,
  ...networkMethods,
  ...connectionMethods,
  ...feeMethods,
  ...utilMethods,
  ...controlMethods,
  ...testingMethods,
];
