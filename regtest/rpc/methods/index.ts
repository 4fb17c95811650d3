import { BLOCKCHAIN_PARAMETERS, type BlockchainMethods } from './blockchain.js';
import { BLOCK_PARAMETERS, type BlockMethods } from './blocks.js';
import { CONTROL_PARAMETERS, type ControlMethods } from './control.js';
import { MEMPOOL_PARAMETERS, type MempoolMethods } from './mempool.js';
import { MINING_PARAMETERS, type MiningMethods } from './mining.js';
import { NETWORK_PARAMETERS, type NetworkMethods } from './network.js';
import { RAW_TRANSACTION_PARAMETERS, type RawTransactionMethods } from './raw-transactions.js';
import { UNSPENT_OUTPUT_PARAMETERS, type UnspentOutputMethods } from './unspent-outputs.js';
import { UTIL_PARAMETERS, type UtilMethods } from './util.js';
import { WALLET_KEY_PARAMETERS, type WalletKeyMethods } from './wallet-keys.js';
import { WALLET_MONEY_PARAMETERS, type WalletMoneyMethods } from './wallet-money.js';
import { WALLET_SPENDING_PARAMETERS, type WalletSpendingMethods } from './wallet-spending.js';
import { WALLETS_PARAMETERS, type WalletsMethods } from './wallets.js';

export type * from './blockchain.js';
export type * from './blocks.js';
export type * from './control.js';
export type * from './mempool.js';
export type * from './mining.js';
export type * from './network.js';
export type * from './raw-transactions.js';
export type * from './shapes.js';
export type * from './transaction-shapes.js';
export type * from './unspent-outputs.js';
export type * from './util.js';
export type * from './wallet-keys.js';
export type * from './wallet-money.js';
export type * from './wallet-spending.js';
export type * from './wallets.js';

/**
 * Every method of the node, with its parameters in order and what it answers. A method that answers in several forms has one
 * entry for each: its parameters tell which.
 */
export interface RpcMethods
  extends BlockchainMethods,
    BlockMethods,
    UnspentOutputMethods,
    MempoolMethods,
    RawTransactionMethods,
    MiningMethods,
    NetworkMethods,
    UtilMethods,
    ControlMethods,
    WalletsMethods,
    WalletKeyMethods,
    WalletMoneyMethods,
    WalletSpendingMethods {}

/** The names of every method's parameters, in order. */
export const RPC_PARAMETERS = {
  ...BLOCKCHAIN_PARAMETERS,
  ...BLOCK_PARAMETERS,
  ...UNSPENT_OUTPUT_PARAMETERS,
  ...MEMPOOL_PARAMETERS,
  ...RAW_TRANSACTION_PARAMETERS,
  ...MINING_PARAMETERS,
  ...NETWORK_PARAMETERS,
  ...UTIL_PARAMETERS,
  ...CONTROL_PARAMETERS,
  ...WALLETS_PARAMETERS,
  ...WALLET_KEY_PARAMETERS,
  ...WALLET_MONEY_PARAMETERS,
  ...WALLET_SPENDING_PARAMETERS,
};
