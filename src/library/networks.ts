/** Names of the networks, as Core's `-chain=` takes them: `test` is testnet3. */
export const NETWORKS = Object.freeze(['main', 'test', 'testnet4', 'signet', 'regtest'] as const);

export type Network = (typeof NETWORKS)[number];
