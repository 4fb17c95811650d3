/** The version of the protocol that we speak. */
export const PROTOCOL_VERSION = 70016;

/** Peers below this are told nothing (Core's MIN_PEER_PROTO_VERSION). */
export const MIN_PEER_PROTOCOL_VERSION = 31800;

/** From these versions on a peer understands the feature. */
export const BIP31_VERSION = 60000;
export const SENDHEADERS_VERSION = 70012;
export const FEEFILTER_VERSION = 70013;
export const SHORT_IDS_BLOCKS_VERSION = 70014;
export const WTXID_RELAY_VERSION = 70016;
export const SENDADDRV2_VERSION = 70016;

/** Peers up to this one get the final alert, which tells them that the alert key is retired. */
export const FINAL_ALERT_VERSION = 70012;

/** Our name on the network (BIP14), without comments. */
export const CLIENT_NAME = 'Blocksmith';
export const CLIENT_VERSION = '0.1.0';
