import { createContext } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import type { LabApi } from '../api/lab-api.js';
import type { LabState, Topic } from '../state/lab-state.js';
import type { LabStore } from '../state/lab-store.js';
import { paced } from '../state/pace.js';
import { useRender } from './use-render.js';

/** What every part of the page can reach. */
export interface PageContext {
  readonly store: LabStore;
  /** Undefined when a recording is shown: there is nobody to ask. */
  readonly api: LabApi | undefined;
  /** The lab that serves the page, whatever is shown. */
  readonly live: LabApi | undefined;
  /** Asks the lab for what changes without an event. */
  readonly refresh: () => void;
}

const Context = createContext<PageContext | undefined>(undefined);

export const PageProvider = Context.Provider;

export function usePage(): PageContext {
  const page = useContext(Context);
  if (page === undefined) throw new Error('outside of the page');
  return page;
}

/** The state of the lab; renders anew when one of the topics has changed, as often as the store tells. */
export function useLab(...topics: readonly Topic[]): LabState {
  const { store } = usePage();
  const render = useRender();
  // The list of topics is written at the place of the call: it never changes.
  useEffect(() => store.subscribe(topics, render), [store]);
  return store.state;
}

/** The same for what flows by too fast to be read: at most once in so many milliseconds, but for steps of a replay. */
export function useSlowLab(leastMs: number, ...topics: readonly Topic[]): LabState {
  const { store } = usePage();
  const render = useRender();
  useEffect(() => {
    const schedule = paced(leastMs);
    let isDue = false;
    const renderDue = () => {
      if (isDue) render();
      isDue = false;
    };
    const unsubscribe = store.subscribe(topics, () => {
      if (store.replay !== undefined) return render();
      if (!isDue) schedule(renderDue);
      isDue = true;
    });
    return () => {
      isDue = false;
      unsubscribe();
    };
  }, [store, leastMs]);
  return store.state;
}
