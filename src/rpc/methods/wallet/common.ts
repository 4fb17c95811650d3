import { hashToHex } from '../../../primitives/bytes.js';
import type { Wallet } from '../../../wallet/wallet.js';
import { WalletError, type WalletErrorCode } from '../../../wallet/wallet-error.js';
import type { WalletManager } from '../../../wallet/wallet-manager.js';
import type { Args } from '../../args.js';
import type { RpcContext } from '../../context.js';
import { RpcCode, RpcError, type RpcErrorCode } from '../../errors.js';
import type { JsonValue } from '../../json.js';
import type { RpcCall, RpcMethod } from '../../method.js';

const CODES: Readonly<Record<WalletErrorCode, RpcErrorCode>> = {
  failed: RpcCode.WALLET_ERROR,
  'not-found': RpcCode.WALLET_NOT_FOUND,
  'already-loaded': RpcCode.WALLET_ALREADY_LOADED,
  'already-exists': RpcCode.WALLET_ALREADY_EXISTS,
  'insufficient-funds': RpcCode.WALLET_INSUFFICIENT_FUNDS,
  'keypool-ran-out': RpcCode.WALLET_KEYPOOL_RAN_OUT,
  'invalid-parameter': RpcCode.INVALID_PARAMETER,
  'invalid-address-or-key': RpcCode.INVALID_ADDRESS_OR_KEY,
  misc: RpcCode.MISC_ERROR,
};

/** What a wallet refused, as clients are told; anything else stays what it was. */
export function toRpcError(thrown: unknown): unknown {
  return thrown instanceof WalletError ? new RpcError(CODES[thrown.code], thrown.message) : thrown;
}

/** The wallets of the node. Methods that ask for them are registered only where there are some. */
export function requireWallets({ wallets }: RpcContext): WalletManager {
  if (wallets === undefined) throw new RpcError(RpcCode.METHOD_NOT_FOUND, 'Method not found');
  return wallets;
}

export function requireLoaded(wallets: WalletManager, name: string | undefined): Wallet {
  const found = wallets.get(name);
  switch (found) {
    case 'not-found':
      throw new RpcError(RpcCode.WALLET_NOT_FOUND, 'Requested wallet does not exist or is not loaded');
    case 'none-loaded':
      throw new RpcError(
        RpcCode.WALLET_NOT_FOUND,
        'No wallet is loaded. Load a wallet using loadwallet or create a new one with createwallet. (Note: A default wallet is no longer automatically created)',
      );
    case 'not-specified':
      throw new RpcError(
        RpcCode.WALLET_NOT_SPECIFIED,
        'Wallet file not specified (must request wallet RPC through /wallet/<filename> uri-path).',
      );
    default:
      return found;
  }
}

type Definition = Omit<RpcMethod, 'category' | 'run'>;

/** A method about wallets in general. */
export function managerMethod(
  definition: Definition & {
    readonly run: (
      wallets: WalletManager,
      args: Args,
      context: RpcContext,
      call: RpcCall,
    ) => Promise<JsonValue> | JsonValue;
  },
): RpcMethod {
  const { run, ...rest } = definition;
  return {
    ...rest,
    category: 'Wallet',
    run: async (context, args, call) => {
      try {
        return await run(requireWallets(context), args, context, call);
      } catch (thrown) {
        throw toRpcError(thrown);
      }
    },
  };
}

/** A method of one wallet: the one named by the endpoint, or the only one. */
export function walletMethod(
  definition: Definition & {
    readonly run: (wallet: Wallet, args: Args, context: RpcContext) => Promise<JsonValue> | JsonValue;
  },
): RpcMethod {
  const { run, ...rest } = definition;
  return managerMethod({
    ...rest,
    run: (wallets, args, context, call) => run(requireLoaded(wallets, call.walletName), args, context),
  });
}

/** A label. @throws RpcError for `*`, which means all labels elsewhere */
export function checkLabel(label: string): string {
  if (label === '*') throw new RpcError(RpcCode.WALLET_INVALID_LABEL_NAME, 'Invalid label name');
  return label;
}

export function lastProcessedBlock({ ledger }: Wallet): { readonly hash: string; readonly height: number } {
  return { hash: hashToHex(ledger.tip.hash), height: ledger.tip.height };
}

/** Descriptors of the wallet that an output script comes from. */
export function parentDescriptors(wallet: Wallet, script: Uint8Array): string[] {
  return wallet.keychain.ownersOf(script).map(({ descriptor }) => descriptor.descriptor.toString());
}

/** `avoid_reuse`: on by default in wallets that have the flag. @throws RpcError when asked for in others */
export function avoidReuse(wallet: Wallet, args: Args): boolean {
  const canAvoid = wallet.has('avoid_reuse');
  const wanted = args.bool('avoid_reuse', canAvoid);
  if (wanted && !canAvoid) {
    throw new RpcError(RpcCode.WALLET_ERROR, 'wallet does not have the "avoid reuse" feature enabled');
  }
  return wanted;
}
