/** What every node of the lab is told, whatever it lives in, beside its name and where it listens: option and value. */
const LAB_SETTINGS: readonly (readonly [option: string, value: string])[] = [
  ['listen', '1'],
  ['dnsseed', '0'],
  // Peers are the lab's own: no other connections, no delays meant to protect privacy, no bans.
  ['whitelist', 'in,out,noban,relay,mempool,addr@127.0.0.1'],
  // The clock of the lab jumps, and chains may have been dumped years ago: no peer is dropped for having been silent that long,
  // and no chain is too old to relay transactions on.
  ['peertimeout', '2147483647'],
  ['maxtipage', '4294967295'],
  ['fallbackfee', '0.0002'],
  ['keypool', '10'],
  // Small chains: threads for scripts cost more than they bring.
  ['par', '1'],
  ['printtoconsole', '0'],
];

/** Settings of the node with this name, as lines of a configuration file; with a dash before each, as arguments. */
export function labSettings(name: string): readonly string[] {
  return [['uacomment', name] as const, ...LAB_SETTINGS].map(([option, value]) => `${option}=${value}`);
}
