/** Why a connection exists; names as getpeerinfo's `connection_type` shows them. */
export type ConnectionType =
  | 'inbound'
  /** Asked for by -connect, -addnode or the addnode RPC; protected from misbehaviour rules that only disconnect. */
  | 'manual'
  /** Automatic; relays blocks, transactions and addresses. */
  | 'outbound-full-relay'
  /** Automatic; relays blocks only, to resist partition attacks that map the network by transactions. */
  | 'block-relay-only'
  /** Short; tests whether an address of the new table answers. */
  | 'feeler'
  /** Short; asks for addresses and goes. */
  | 'addr-fetch';

/** Outbound connections whose chain is watched: automatic and lasting. */
export function isOutboundOrBlockRelay(type: ConnectionType): boolean {
  return type === 'outbound-full-relay' || type === 'block-relay-only';
}

/** Automatic connections are counted against the limits and need desirable services. */
export function expectsServices(type: ConnectionType): boolean {
  return type === 'outbound-full-relay' || type === 'block-relay-only' || type === 'addr-fetch';
}

export type TransportName = 'detecting' | 'v1' | 'v2';
