import { useEffect, useMemo } from 'preact/hooks';
import type { LiveFeed } from '../api/live.js';
import type { LabStore } from '../state/lab-store.js';
import { AttackView } from '../views/attack/attack-view.js';
import { ChainView } from '../views/chain/chain-view.js';
import { AddressView } from '../views/explorer/address-view.js';
import { BlockView } from '../views/explorer/block-view.js';
import { TransactionView } from '../views/explorer/transaction-view.js';
import { MempoolView } from '../views/mempool/mempool-view.js';
import { NetworkView } from '../views/network/network-view.js';
import { NodeView } from '../views/node/node-view.js';
import { TimeView } from '../views/time/time-view.js';
import { Banner, connectionText } from './banner.js';
import { PageProvider } from './context.js';
import { LabStrip } from './lab-strip.js';
import { ReplayBar } from './replay-bar.js';
import { type Route, useRoute } from './router.js';
import { TokenPage } from './token-page.js';
import { TopBar } from './top-bar.js';
import { useRender } from './use-render.js';

export interface AppProps {
  readonly store: LabStore;
  /** Of the lab that serves the page; undefined without a token. */
  readonly feed: LiveFeed | undefined;
  readonly onToken: (token: string) => void;
}

export function App({ store, feed, onToken }: AppProps) {
  const connection = useConnection(store);
  const isReplay = store.replay !== undefined;
  const isServed = store.isRecording;
  const route = useRoute();
  const context = useMemo(() => {
    const live = isServed ? undefined : feed?.api;
    return { store, api: isReplay ? undefined : live, live, refresh: () => void feed?.refresh() };
  }, [store, feed, isReplay, isServed]);
  if (connection === 'unauthorized') return <TokenPage wasRefused={feed !== undefined} onToken={onToken} />;
  return (
    <PageProvider value={context}>
      <TopBar route={route} />
      <LabStrip />
      {isReplay ? <ReplayBar /> : <Banner text={store.notice ?? connectionText(connection)} />}
      <main id="main">
        <View route={route} />
      </main>
    </PageProvider>
  );
}

function View({ route }: { readonly route: Route }) {
  switch (route.view) {
    case 'chain':
      return <ChainView />;
    case 'network':
      return <NetworkView />;
    case 'node':
      return <NodeView key={route.node} index={route.node} />;
    case 'mempool':
      return <MempoolView key={route.node} index={route.node} />;
    case 'block':
      return <BlockView key={route.id} hash={route.id} />;
    case 'tx':
      return <TransactionView key={route.id} txid={route.id} />;
    case 'address':
      return <AddressView key={route.id} address={route.id} />;
    case 'attack':
      return <AttackView />;
    case 'time':
      return <TimeView />;
  }
}

function useConnection(store: LabStore) {
  const render = useRender();
  useEffect(() => store.subscribe(['lab'], render), [store]);
  return store.connection;
}
