import type { AddressParams } from '../../src/script/address-params.js';

export const MAIN_ADDRESSES: AddressParams = {
  pubKeyHashPrefix: 0,
  scriptHashPrefix: 5,
  secretKeyPrefix: 128,
  extendedPublicPrefix: 0x0488b21e,
  extendedPrivatePrefix: 0x0488ade4,
  bech32Hrp: 'bc',
};

export const TEST_ADDRESSES: AddressParams = {
  pubKeyHashPrefix: 111,
  scriptHashPrefix: 196,
  secretKeyPrefix: 239,
  extendedPublicPrefix: 0x043587cf,
  extendedPrivatePrefix: 0x04358394,
  bech32Hrp: 'tb',
};

export const REGTEST_ADDRESSES: AddressParams = { ...TEST_ADDRESSES, bech32Hrp: 'bcrt' };

/** By the names that Core's vectors use. */
export const ADDRESSES_BY_CHAIN: Readonly<Record<string, AddressParams>> = {
  main: MAIN_ADDRESSES,
  test: TEST_ADDRESSES,
  testnet4: TEST_ADDRESSES,
  signet: TEST_ADDRESSES,
  regtest: REGTEST_ADDRESSES,
};
