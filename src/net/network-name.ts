/** Kinds of network addresses, named as RPC names them. */
export type NetworkKind = 'ipv4' | 'ipv6' | 'onion' | 'i2p' | 'cjdns';

/** What a peer's or address's network is called: unroutable ones (localhost, private) go under their own name. */
export type NetworkName = NetworkKind | 'not_publicly_routable';

/** In Core's order, as getnetworkinfo lists them. */
export const NETWORK_KINDS: readonly NetworkKind[] = ['ipv4', 'ipv6', 'onion', 'i2p', 'cjdns'];
