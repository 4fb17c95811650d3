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
  description: 'Encrypts the wallet with passphrase (not supported).',
  params: [
    { name: 'passphrase', type: 'string', description: 'The pass phrase to encrypt the wallet with.' },
  ],
  result: '"str"    (string) A string with further instructions',
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

const PASSPHRASE: Param = { name: 'passphrase', type: 'string', description: 'The wallet passphrase' };

/** Encryption, of which there is none: every method says so. */
export const encryptionMethods: readonly RpcMethod[] = [
  encryptwallet,
  forEncryptedOnly('walletpassphrase', 'Stores the wallet decryption key in memory for ‘timeout’ seconds.', [
    PASSPHRASE,
    { name: 'timeout', type: 'number', description: 'The time to keep the decryption key in seconds' },
  ]),
  forEncryptedOnly('walletpassphrasechange', 'Changes the wallet passphrase.', [
    { ...PASSPHRASE, name: 'oldpassphrase' },
    { ...PASSPHRASE, name: 'newpassphrase' },
  ]),
  forEncryptedOnly('walletlock', 'Removes the wallet encryption key from memory, locking the wallet.', []),
];
