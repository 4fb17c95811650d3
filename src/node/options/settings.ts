import type { NetworkName } from '../../consensus/params.js';
import { StartError } from '../../runtime/errors.js';
import type { OptionSpec } from './table.js';

/** A value as given: text, or a boolean from a negated option (`-nofoo` is false, `-nofoo=0` true). */
export type SettingValue = string | boolean;

/** Values by option name, in the order they were given. */
export type SettingsMap = Map<string, SettingValue[]>;

/** `section.nofoo` taken apart. */
interface Key {
  readonly section: string;
  readonly name: string;
  readonly negated: boolean;
}

export function parseKey(text: string): Key {
  const dot = text.indexOf('.');
  const section = dot < 0 ? '' : text.slice(0, dot);
  const rest = text.slice(dot + 1);
  return rest.startsWith('no') && rest.length > 2
    ? { section, name: rest.slice(2), negated: true }
    : { section, name: rest, negated: false };
}

/** A text as Core reads booleans: empty is true, otherwise any number but 0. */
export function parseBool(text: string): boolean {
  if (text === '') return true;
  const number = Number.parseInt(text, 10);
  return !Number.isNaN(number) && number !== 0;
}

/** Turns what was written after an option's name into its value. @throws StartError where the option forbids it */
function interpretValue(spec: OptionSpec, negated: boolean, text: string | undefined): SettingValue {
  if (negated) {
    if (spec.noNegation)
      throw new StartError(`Negating of -${spec.name} is meaningless and therefore forbidden`);
    return text !== undefined && !parseBool(text);
  }
  if (text === undefined && spec.needsValue) {
    throw new StartError(
      `Can not set -${spec.name} with no value. Please specify value with -${spec.name}=value.`,
    );
  }
  return text ?? '';
}

/** A list of values with Core's rule of negation: a false value cancels all before it. */
export class Span {
  constructor(private readonly values: readonly SettingValue[]) {}

  /** How many values from the front do not count. */
  get negatedCount(): number {
    return this.values.lastIndexOf(false) + 1;
  }

  get lastNegated(): boolean {
    return this.values.at(-1) === false;
  }

  get isNone(): boolean {
    return this.values.length === 0;
  }

  get isEmpty(): boolean {
    return this.values.length === 0 || this.lastNegated;
  }

  get effective(): readonly SettingValue[] {
    return this.values.slice(this.negatedCount);
  }
}

const SOURCES = ['command-line', 'settings-file', 'network-section', 'default-section'] as const;
type Source = (typeof SOURCES)[number];

/** How the network is chosen: no network's own section has a say in it. */
interface GetOptions {
  readonly choosingNetwork?: boolean;
}

/** A `[section]` of a configuration file, or the part of a dotted name before the dot. */
export interface SectionMention {
  readonly name: string;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

const CHAIN_NAMES: readonly NetworkName[] = ['main', 'test', 'testnet4', 'signet', 'regtest'];
const CHAIN_SWITCHES: readonly (readonly [string, NetworkName])[] = [
  ['regtest', 'regtest'],
  ['signet', 'signet'],
  ['testnet', 'test'],
  ['testnet4', 'testnet4'],
];

/**
 * All settings of a run, merged from command line, settings file and configuration file by Core's order of precedence,
 * oddities included: the last value wins on the command line, the first one in a configuration file.
 */
export class Settings {
  readonly commandLine: SettingsMap = new Map();
  readonly settingsFile: SettingsMap = new Map();
  /** Configuration file: values by section, "" being the part before any section. */
  readonly config = new Map<string, SettingsMap>();
  /** Core's sentences on what is odd but no error, for the log once there is one. */
  readonly remarks: string[] = [];
  /** Those of the remarks that are to be seen at once, on standard error. */
  readonly notices: string[] = [];
  /** Every section that configuration files name, in order. */
  readonly sections: SectionMention[] = [];
  private readonly specs = new Map<string, OptionSpec>();
  private network = '';

  constructor(options: readonly OptionSpec[]) {
    for (const spec of options) this.specs.set(spec.name, spec);
  }

  spec(name: string): OptionSpec | undefined {
    return this.specs.get(name);
  }

  /**
   * Adds one value, given after everything that `map` has.
   *
   * @param text what was written behind the equals sign; undefined when there was none
   * @throws StartError where the option forbids it
   */
  add(map: SettingsMap, spec: OptionSpec, negated: boolean, text: string | undefined): void {
    const value = interpretValue(spec, negated, text);
    if (negated && value === true) {
      this.remarks.push(`Warning: parsed potentially confusing double-negative -${spec.name}=${text}`);
    }
    addValue(map, spec.name, value);
  }

  /** Sections that no network has: most likely misspelt. */
  unrecognizedSections(): SectionMention[] {
    return this.sections.filter(({ name }) => CHAIN_NAMES.every(known => known !== name));
  }

  /** Section of the configuration file that applies beside the default one. */
  selectNetwork(network: NetworkName): void {
    this.network = network;
  }

  /** Names of all options that were given anywhere. */
  given(): Set<string> {
    const names = new Set([...this.commandLine.keys(), ...this.settingsFile.keys()]);
    for (const section of ['', this.network]) {
      for (const name of this.config.get(section)?.keys() ?? []) names.add(name);
    }
    return names;
  }

  /** The one value that counts; undefined when the option was not given. */
  value(name: string, options: GetOptions = {}): SettingValue | undefined {
    for (const [source, span] of this.spans(name)) {
      if (source === 'default-section' && this.ignoresDefaultSection(name) && !span.lastNegated) continue;
      if (options.choosingNetwork && (span.lastNegated || source === 'network-section')) continue;
      // An empty list in the settings file says that there is to be none, which is not the same as saying nothing.
      if (span.isNone) return '';
      const fromConfig = source === 'network-section' || source === 'default-section';
      if (!span.isEmpty)
        return fromConfig && !options.choosingNetwork ? span.effective[0] : span.effective.at(-1);
      if (span.lastNegated) return false;
    }
    return undefined;
  }

  /** All values of an option that may be repeated. */
  list(name: string): string[] {
    const result: string[] = [];
    let done = false;
    let negatedEmpty = false;
    for (const [source, span] of this.spans(name)) {
      const fromConfig = source === 'network-section' || source === 'default-section';
      if (source === 'default-section' && this.ignoresDefaultSection(name)) continue;
      if (!done || (fromConfig && !negatedEmpty)) result.push(...span.effective.map(asText));
      done ||= span.negatedCount > 0;
      negatedEmpty ||= span.lastNegated && result.length === 0;
    }
    return result;
  }

  isSet(name: string): boolean {
    return this.value(name) !== undefined;
  }

  isNegated(name: string): boolean {
    return this.value(name) === false;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : asText(value);
  }

  /** Path as given; empty when the option is not given or negated. */
  path(name: string): string {
    return this.isNegated(name) ? '' : (this.text(name) ?? '');
  }

  bool(name: string, fallback: boolean): boolean {
    const value = this.value(name);
    if (value === undefined) return fallback;
    return typeof value === 'boolean' ? value : parseBool(value);
  }

  /** Whole number; text that is none counts as 0, as in Core. */
  int(name: string, fallback: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const parsed = Number.parseInt(text, 10);
    return Number.isNaN(parsed) ? 0 : parsed;
  }

  /** The network that -chain and its short forms choose. @throws StartError on contradictions and unknown names */
  chain(): NetworkName {
    const name = this.chainName();
    const known = CHAIN_NAMES.find(chain => chain === name);
    if (known === undefined) throw new StartError(`Unknown chain ${name}.`);
    return known;
  }

  /** The same, whether there is such a network or not. @throws StartError on contradictions */
  chainName(): string {
    const chosen = CHAIN_SWITCHES.filter(([name]) => {
      const value = this.value(name, { choosingNetwork: true });
      return value === undefined ? false : typeof value === 'boolean' ? value : parseBool(value);
    });
    const named = this.text('chain');
    if (chosen.length + (named === undefined ? 0 : 1) > 1) {
      throw new StartError(
        'Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.',
      );
    }
    return named ?? chosen[0]?.[1] ?? 'main';
  }

  /** Options that only count in a network's own section but stand in the default one; by name. */
  misplaced(): string[] {
    if (this.network === '' || this.network === 'main') return [];
    return [...this.specs.values()]
      .filter(spec => spec.networkOnly)
      .map(spec => spec.name)
      .filter(name => {
        const sources = this.spans(name)
          .filter(([, span]) => !span.isEmpty)
          .map(([source]) => source);
        return sources.length === 1 && sources[0] === 'default-section';
      })
      .sort();
  }

  private ignoresDefaultSection(name: string): boolean {
    return this.network !== '' && this.network !== 'main' && this.specs.get(name)?.networkOnly === true;
  }

  /** Where an option was given, in the order in which that counts. */
  private spans(name: string): readonly (readonly [Source, Span])[] {
    const spans: (readonly [Source, Span])[] = [];
    for (const source of SOURCES) {
      const values = this.mapOf(source)?.get(name);
      if (values !== undefined) spans.push([source, new Span(values)]);
    }
    return spans;
  }

  private mapOf(source: Source): SettingsMap | undefined {
    switch (source) {
      case 'command-line':
        return this.commandLine;
      case 'settings-file':
        return this.settingsFile;
      case 'network-section':
        return this.network === '' ? undefined : this.config.get(this.network);
      case 'default-section':
        return this.config.get('');
    }
  }
}

function asText(value: SettingValue): string {
  return typeof value === 'string' ? value : value ? '1' : '0';
}

export function addValue(map: SettingsMap, name: string, value: SettingValue): void {
  const values = map.get(name);
  if (values === undefined) map.set(name, [value]);
  else values.push(value);
}
