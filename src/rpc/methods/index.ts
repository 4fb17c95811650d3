import type { RpcMethod } from '../method.js';
import { blockchainMethods } from './blockchain.js';
import { blockMethods } from './blocks.js';

/** Every method of the node but those of wallets. */
export const nodeMethods: readonly RpcMethod[] = [...blockchainMethods, ...blockMethods];
