import { useReducer } from 'preact/hooks';

/** What renders the component anew, for state that lies outside of it; always the same function. */
export function useRender(): () => void {
  const [, render] = useReducer<number, void>(renders => renders + 1, 0);
  return render;
}
