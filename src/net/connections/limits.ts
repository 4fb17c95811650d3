/** Automatic connections that relay everything, and those that relay only blocks. */
export const MAX_FULL_RELAY_CONNECTIONS = 8;
export const MAX_BLOCK_RELAY_CONNECTIONS = 2;
/** Connections at a time that test addresses. */
export const MAX_FEELER_CONNECTIONS = 1;
/** Connections at a time that the user asked for by addnode; they are on top of -maxconnections. */
export const MAX_ADDNODE_CONNECTIONS = 8;

/** Seconds without a byte in either direction after which a connection is taken for dead. */
export const INACTIVITY_TIMEOUT = 20 * 60;

export interface SlotLimits {
  readonly fullRelay: number;
  readonly blockRelay: number;
  /** All automatic outbound connections, the short ones included. */
  readonly automatic: number;
  readonly inbound: number;
}

/** How -maxconnections is divided: outbound connections first, what is left is for inbound ones. */
export function slotLimits(maxConnections: number): SlotLimits {
  const max = Math.max(0, maxConnections);
  const fullRelay = Math.min(MAX_FULL_RELAY_CONNECTIONS, max);
  const blockRelay = Math.min(MAX_BLOCK_RELAY_CONNECTIONS, max - fullRelay);
  const automatic = fullRelay + blockRelay + MAX_FEELER_CONNECTIONS;
  return {
    fullRelay,
    blockRelay,
    automatic: Math.min(automatic, max),
    inbound: Math.max(0, max - automatic),
  };
}
