import { RpcCode, RpcError } from '../../errors.js';
import type { RpcMethod } from '../../method.js';
import type { Param } from '../../param.js';
import { walletMethod } from './common.js';

/** Wallets are never encrypted, so methods that need an encrypted one say what Core says of a plain one. */
function forEncryptedOnly(name: string, description: string, params: readonly Param[]): RpcMethod {
  return walletMethod({
    name,
    description,
    params,
    result: 'null',
    run: () => {
      throw new RpcError(
        RpcCode.WALLET_WRONG_ENC_STATE,
        `Error: running with an unencrypted wallet, but ${name} was called.`,
      );
    },
  });
}

const encryptwallet = walletMethod({
  name: 'encryptwallet',
  description: 'Encrypts a wallet; there are no encrypted wallets here, so it always fails.',
  params: [{ name: 'passphrase', type: 'string', description: 'Passphrase to encrypt with' }],
  result: '"str"    (string) never given',
  run: (wallet, args) => {
    if (wallet.has('disable_private_keys')) {
      throw new RpcError(
        RpcCode.WALLET_ENCRYPTION_FAILED,
        'Error: wallet does not contain private keys, nothing to encrypt.',
      );
    }
    if (args.string('passphrase') === '') {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'passphrase cannot be empty');
    }
    throw new RpcError(RpcCode.WALLET_ENCRYPTION_FAILED, 'Error: Wallet encryption is not supported.');
  },
});

const PASSPHRASE: Param = { name: 'passphrase', type: 'string', description: 'Passphrase of the wallet' };

/** Encryption, of which there is none: every method says so. */
export const encryptionMethods: readonly RpcMethod[] = [
  encryptwallet,
  forEncryptedOnly('walletpassphrase', 'Unlocks the keys of an encrypted wallet for a while.', [
    PASSPHRASE,
    { name: 'timeout', type: 'number', description: 'Seconds until the keys are locked again' },
  ]),
  forEncryptedOnly('walletpassphrasechange', 'Gives an encrypted wallet another passphrase.', [
    { ...PASSPHRASE, name: 'oldpassphrase', description: 'Passphrase until now' },
    { ...PASSPHRASE, name: 'newpassphrase', description: 'Passphrase from now on' },
  ]),
  forEncryptedOnly('walletlock', 'Locks the keys of an encrypted wallet again.', []),
];
