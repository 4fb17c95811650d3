import type { RpcMethod } from '../../method.js';
import { addressMethods } from './addresses.js';
import { bumpingMethods } from './bumping.js';
import { coinMethods } from './coins.js';
import { descriptorMethods } from './descriptors.js';
import { encryptionMethods } from './encryption.js';
import { fundingMethods } from './funding.js';
import { lifecycleMethods } from './lifecycle.js';
import { receivedMethods } from './received.js';
import { rescanMethods } from './rescanning.js';
import { sendingMethods } from './sending.js';
import { signingMethods } from './signing.js';
import { transactionMethods } from './transactions.js';

/** Every method of wallets. They are not registered with `-disablewallet`. */
export const walletMethods: readonly RpcMethod[] = [
  ...lifecycleMethods,
  ...encryptionMethods,
  ...addressMethods,
  ...coinMethods,
  ...transactionMethods,
  ...receivedMethods,
  ...descriptorMethods,
  ...rescanMethods,
  ...sendingMethods,
  ...fundingMethods,
  ...signingMethods,
  ...bumpingMethods,
];
