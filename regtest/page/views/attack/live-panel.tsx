import { Fragment } from 'preact';
import { ATTACK_KINDS } from '../../../attack-kinds.js';
import { type AttackStory, isOfAttacker } from '../../state/attack-story.js';
import { percent, plural } from '../../text.js';
import { usePage } from '../../ui/context.js';
import { Gauge } from '../../ui/gauge.js';
import { KIND_TEXTS, KIND_TITLES } from './attack-fields.js';
import { MerchantView } from './merchant-view.js';
import { NodesTable } from './nodes-table.js';
import { RaceChart } from './race-chart.js';
import { RaceDrawing } from './race-drawing.js';

/** The attack that goes on, or the last one. */
export function LivePanel({ story }: { readonly story: AttackStory | undefined }) {
  const { store } = usePage();
  if (story === undefined) {
    return <Introduction />;
  }
  const outcome = store.attackOutcome;
  return (
    <div class="live">
      <section class="panel" aria-label="The race">
        <Readings story={story} />
        <RaceDrawing story={story} />
      </section>
      <div class="columns live-lower">
        <section class="panel" aria-labelledby="course-title">
          <h2 id="course-title">
            {story.blocks.some(block => block.chance !== undefined) ? 'Chance and lead' : 'Lead'}
          </h2>
          <RaceChart story={story} />
        </section>
        {story.payment === undefined ? (
          <Counts story={story} />
        ) : (
          <MerchantView story={story} outcome={outcome} />
        )}
      </div>
      <NodesTable story={story} outcome={outcome} />
    </div>
  );
}

/** What there is to choose from, while nothing has been. */
function Introduction() {
  return (
    <section class="panel empty" aria-labelledby="none-title">
      <h2 id="none-title">No attack yet</h2>
      <p>
        The nodes of this lab are real and validate everything. Choose an attack, and watch both branches, the
        attacker’s chance from block to block, and what it does to everybody.
      </p>
      <dl class="facts">
        {ATTACK_KINDS.map(kind => (
          <Fragment key={kind}>
            <dt>{KIND_TITLES[kind]}</dt>
            <dd>{KIND_TEXTS[kind]}</dd>
          </Fragment>
        ))}
      </dl>
      <p class="note">
        Coins and blocks change for good: take a snapshot first if everything is to be as it was afterwards.
      </p>
    </section>
  );
}

function Readings({ story }: { readonly story: AttackStory }) {
  const last = story.blocks.at(-1);
  const [honest, attacker] = [last?.honest ?? 0, last?.attacker ?? 0];
  const [theirs, his] =
    story.plan.kind === 'partition' ? ['Second side', 'First side'] : ['Honest', 'Attacker'];
  const lead = attacker - honest;
  return (
    <dl class="readings">
      <Gauge name={theirs} value={String(honest)} />
      <Gauge name={his} value={String(attacker)} />
      <Gauge name="Lead" value={lead > 0 ? `+${lead}` : String(lead)} tone={lead > 0 ? 'bad' : 'good'} />
      {last?.chance !== undefined && <Gauge name="Chance now" value={percent(last.chance)} />}
      <Gauge name="By theory, at first" value={percent(story.theory)} />
      <Gauge name="Hash rate" value={percent(story.plan.rules.hashrate, 0)} />
      <Gauge name="State" {...stateOf(story)} />
    </dl>
  );
}

function stateOf({ end, stopped, release, gaveUp, split }: AttackStory): {
  readonly value: string;
  readonly tone: string;
} {
  if (stopped !== undefined) return { value: 'stopped', tone: 'warn' };
  if (end !== undefined) return { value: end.outcome, tone: end.success ? 'bad' : 'good' };
  if (gaveUp !== undefined) return { value: 'given up', tone: 'good' };
  if (release !== undefined) return { value: 'branch released', tone: 'bad' };
  return { value: split === undefined ? 'getting ready' : 'racing', tone: 'warn' };
}

/** What there is to tell where nobody is paid. */
function Counts({ story }: { readonly story: AttackStory }) {
  const his = story.blocks.filter(block => isOfAttacker(story, block)).length;
  return (
    <section class="panel" aria-labelledby="counts-title">
      <h2 id="counts-title">So far</h2>
      <dl class="facts">
        <dt>Blocks found</dt>
        <dd>
          {story.blocks.length}, {his} of them by{' '}
          {story.plan.kind === 'partition' ? 'the first side' : 'the attacker'}
        </dd>
        {story.orphaned > 0 && (
          <>
            <dt>Replaced</dt>
            <dd>{plural(story.orphaned, 'block')} of others</dd>
          </>
        )}
        {story.refused.length > 0 && (
          <>
            <dt>Refused</dt>
            <dd>{plural(story.refused.length, 'node')} stayed on their branch</dd>
          </>
        )}
        {story.plan.kind === 'partition' && (
          <>
            <dt>Network</dt>
            <dd>{story.isHealed ? 'healed' : 'in two parts'}</dd>
          </>
        )}
        {story.adjustments.map(({ height, difficulty }) => (
          <Fragment key={height}>
            <dt>Adjusted at {height}</dt>
            <dd>difficulty {difficulty.toFixed(3)} of the first</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}
