import { expect, it } from 'vitest';
import { describeSettings } from '../../../../src/node/options/settings-log.js';
import { settingsOf } from '../../../support/node-settings.js';

it('the log tells what was set where, without secrets', () => {
  const args = ['-addnode=some.node', '-rpcpassword=', '-rpcuser=secret', '-torpassword=x', '-nosettings'];
  const settings = settingsOf(args, 'regtest=1\nrpcauth=a:b$c\n[regtest]\nserver=1\nnosettings=1\n');
  expect(
    describeSettings(settings, [
      ['list', [6, 7]],
      ['null', null],
      ['string', 'text'],
    ]),
  ).toEqual([
    'Config file arg: regtest="1"',
    'Config file arg: rpcauth=****',
    'Config file arg: [regtest] server="1"',
    'Config file arg: [regtest] settings=false',
    'Setting file arg: list = [6,7]',
    'Setting file arg: null = null',
    'Setting file arg: string = "text"',
    'Command-line arg: addnode="some.node"',
    'Command-line arg: rpcpassword=****',
    'Command-line arg: rpcuser=****',
    'Command-line arg: settings=false',
    'Command-line arg: torpassword=****',
  ]);
});
