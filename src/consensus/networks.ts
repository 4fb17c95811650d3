import { bytesEqual } from '../primitives/bytes.js';
import { mainParams } from './networks/main.js';
import { regtestParams } from './networks/regtest.js';
import { signetParams } from './networks/signet.js';
import { testParams } from './networks/test.js';
import { testnet4Params } from './networks/testnet4.js';
import type { ChainParams, ChainParamsOverrides, NetworkName, NetworkParams } from './params.js';

export const NETWORK_NAMES: readonly NetworkName[] = ['main', 'test', 'testnet4', 'signet', 'regtest'];

const BUILDERS: Readonly<Record<NetworkName, (overrides: ChainParamsOverrides) => NetworkParams>> = {
  main: mainParams,
  test: testParams,
  testnet4: testnet4Params,
  signet: signetParams,
  regtest: regtestParams,
};

/** The parameters of a network, with what the options change of them. */
export function chainParams(name: NetworkName, overrides: ChainParamsOverrides = {}): ChainParams {
  const params = BUILDERS[name](overrides);
  const { minimumChainWork: defaultMinimumChainWork } = params.consensus;
  const { minimumChainWork = defaultMinimumChainWork, assumeValid = params.consensus.assumeValid } =
    overrides;
  const consensus = { ...params.consensus, minimumChainWork, assumeValid };
  return { ...params, consensus, defaultMinimumChainWork };
}

/** The network whose messages and block files start with `magic`; of signets, the public one only. */
export function networkForMagic(magic: Uint8Array): NetworkName | undefined {
  return NETWORK_NAMES.find(name => bytesEqual(chainParams(name).magic, magic));
}
