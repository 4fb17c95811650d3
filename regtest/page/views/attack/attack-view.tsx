import { useState } from 'preact/hooks';
import { attackStory } from '../../state/attack-story.js';
import { useLab } from '../../ui/context.js';
import { Heading } from '../../ui/heading.js';
import { KIND_TITLES } from './attack-fields.js';
import { type AttackChoice, AttackForm, FIRST_CHOICE } from './attack-form.js';
import { LivePanel } from './live-panel.js';
import { TrialsPanel } from './trials-panel.js';

/** An attack on the nodes of the lab, and the same attack thousands of times on headers alone. */
export function AttackView() {
  const state = useLab('attack', 'lab');
  const [choice, setChoice] = useState<AttackChoice>(FIRST_CHOICE);
  const [shown, setShown] = useState<'live' | 'trials'>('live');
  const story = attackStory(state.attacks.last);
  return (
    <>
      <Heading title="Attack">
        <div class="tabs" role="group" aria-label="What is shown">
          <button type="button" aria-pressed={shown === 'live'} onClick={() => setShown('live')}>
            Live
          </button>
          <button type="button" aria-pressed={shown === 'trials'} onClick={() => setShown('trials')}>
            Statistics
          </button>
        </div>
        {story !== undefined && shown === 'live' && (
          <p class="lead">
            {KIND_TITLES[story.plan.kind]}, attack {state.attacks.attack} of this lab
          </p>
        )}
      </Heading>
      <div class="columns with-side fill attack-page">
        {shown === 'live' ? <LivePanel story={story} /> : <TrialsPanel choice={choice} />}
        <div class="side">
          <AttackForm choice={choice} onChoice={setChoice} isRunning={state.status?.attack !== undefined} />
        </div>
      </div>
    </>
  );
}
