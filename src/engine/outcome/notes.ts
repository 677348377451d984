import { stopWhenText } from '../../metrics/exits.ts'
import { MAX_TAG_GROUPS, MAX_TAG_VALUES, OTHER_VALUES } from '../../metrics/groups/tag-registry.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import { neverSentNotes } from '../../result/headline.ts'
import { oldPrices } from '../../scenario/compile/target/pricing.ts'
import { formatMs } from '../../text/units.ts'
import type { UserLimit } from '../schedule/user-limit.ts'
import { usedUpText } from './budgets.ts'
import { type RunState, ranMs } from './run-state.ts'
import { stopText } from './stop-rule.ts'

/**
 * Returns the notes of a result, one line each, such as why the run ended early, which errors happened outside of attempts, and which tags have more
 * values than burn tells apart.
 */
export function runNotes(state: RunState): string[] {
  return [
    ...endNotes(state),
    ...goneNotes(state),
    ...scenarioErrorNotes(state),
    ...limitNotes(state),
    ...aftermathNotes(state),
    ...serverNotes(state),
    // One share of a run cannot make these notes: another share may have sent the step, or injected the fault.
    ...(state.share ? [] : [...injectionNotes(state), ...wireNotes(state), ...neverSent(state), ...gapNotes(state)]),
    ...oldPrices(state.plan.targets, state.startedWall),
    ...tagNotes(state.recorder),
    ...judgeNotes(state),
  ]
}

/**
 * Returns one note for each hook of a plugin that failed. A failed hook before or after an attempt also makes the attempt fail; for other hooks, the
 * note is the only sign.
 */
export function hookNotes({ hooks }: RunState): string[] {
  return (hooks?.read() ?? []).flatMap(({ plugin, hook, calls, failed, problem = '' }) =>
    failed === 0 ? [] : [`hook ${hook} of ${plugin} failed in ${failed} of ${calls} calls, first: ${problem}`],
  )
}

/** Returns a note that says why replies of the sample have no score. */
function judgeNotes({ judge }: RunState): string[] {
  if (judge === undefined || judge.sampled === 0) return []
  const { stopped, why, asked, sampled, scored } = judge
  const got = `${scored} of ${sampled} replies have a score`
  const because = why === null ? '' : `: ${why}`
  if (stopped === 'cost' && asked === 0) return [`the judge was not asked: one question may cost more than maxCost; ${got}`]
  if (stopped === 'cost') return [`the judge was asked no more questions, as the next could have exceeded maxCost; ${got}`]
  if (stopped === 'signal') return [`a signal ended the questions to the judge; ${got}`]
  if (stopped === 'unreachable') return [`the judge does not answer${because}; ${got}`]
  if (stopped === 'local') return [`the judge could not be asked${because}; ${got}`]
  return judge.failed > 0 ? [`the judge did not answer ${judge.failed} of ${asked} questions${because}; ${got}`] : []
}

/** Returns a note for each target that replied at first and refused all later connections. */
function goneNotes({ plan, recorder, startedAt, endedAt }: RunState): string[] {
  if (Number.isNaN(endedAt)) return []
  return recorder.departures.flatMap((departure, index) => {
    const name = plan.targets.length > 1 ? ` ${plan.targets[index]?.name}` : ''
    const { lastOkAt, refused, isGone } = departure
    const since = `its last good reply came ${formatMs(lastOkAt - startedAt)} into the run`
    const all = refused === 1 ? 'the one connection' : `all ${refused} connections`
    return isGone
      ? [`the target${name} was up and is gone: ${since}, and ${all} tried after that were refused until the end`]
      : []
  })
}

/**
 * Share of the gaps between tokens that are 0 from which a note warns: the gaps then show how the target bundles tokens, not how fast it makes them.
 */
const TOGETHER_NOTABLE = 0.1

function gapNotes({ recorder, endedAt }: RunState): string[] {
  const gaps = recorder.total.histogramOf('itl')?.count ?? 0
  const share = gaps === 0 ? 0 : recorder.total.gapsTogether / gaps
  if (Number.isNaN(endedAt) || share <= TOGETHER_NOTABLE) return []
  return [
    `itl: ${Math.round(share * 100)} % of the ${gaps} gaps are 0, as several pieces came in one delivery; tpot and stall say more`,
  ]
}

/** For each limit on the number of users, what it is and how to raise it, as the text of a note. */
const MORE_USERS: Readonly<Record<UserLimit['by'], string>> = {
  default: 'the number for a phase that does not set maxUsers',
  'open files': 'open files; raise the limit with `ulimit -n`',
  'local ports': 'local ports (net.ipv4.ip_local_port_range); more addresses in localAddresses have more',
  memory: 'the memory of this machine',
}

/** Expected number of injections from which a fault that was never injected gets a note: by chance this happens in 5 % of runs. */
const SURE_OF_HIT = 3

/** Returns a note about attempts that may have failed because of an injected fault or because of the target. */
function aftermathNotes({ recorder: { total } }: RunState): string[] {
  const { failedAfterFault: failed } = total.counters
  if (failed === 0) return []
  return [
    `${failed} ${failed === 1 ? 'attempt' : 'attempts'} failed after an injected failure of the same iteration, which may explain it: in no error rate (injected_earlier)`,
  ]
}

/** Returns a note for each fault of the scenario that was never injected although it should have been. */
function injectionNotes({ recorder, endedAt }: RunState): string[] {
  if (Number.isNaN(endedAt)) return []
  return (recorder.injections.read() ?? []).flatMap(({ kind, offered, expected, drawn, injected }) => {
    if (injected > 0 || (offered > 0 && expected === 0)) return []
    if (offered === 0) return [`fault ${kind}: never injected, as no attempt came within its time, steps and target`]
    if (drawn > 0)
      return [`fault ${kind}: never injected, as none of the ${drawn} requests that it was drawn for holds what it changes`]
    const about = Number(expected.toPrecision(2))
    const chance = expected >= SURE_OF_HIT ? '' : '; a longer run, or a higher probability, makes it sure'
    return [`fault ${kind}: never injected, though about ${about} of ${offered} attempts were to be hit${chance}`]
  })
}

/** Returns a note for each server that was to be observed and never answered. */
function serverNotes({ beside: { server }, endedAt }: RunState): string[] {
  if (server === undefined || Number.isNaN(endedAt)) return []
  const silent = server.read().filter(({ scrapes, failed }) => failed === scrapes)
  return [
    ...server.nowhere.map((name) => `observe: nobody knows where ${name} tells of itself; write the address in place of auto`),
    ...silent.map(({ url, error }) => `observe: ${url} never told anything (${error}), so nothing is known of that server`),
  ]
}

/** Returns a note for each fault on connections that changed nothing on any connection. */
function wireNotes({ wireFaults, endedAt }: RunState): string[] {
  if (Number.isNaN(endedAt) || wireFaults === undefined) return []
  const { connections, kinds } = wireFaults.read()
  return kinds.flatMap(({ kind, drawn, acted }) => {
    if (acted > 0) return []
    if (connections === 0) return [`fault ${kind}: never acted, as no connection was led through its relay`]
    if (drawn === 0)
      return [`fault ${kind}: never acted, as it was drawn for none of ${connections} connections; more of them make it sure`]
    return [
      `fault ${kind}: never acted on the ${drawn} connections that it was drawn for: nothing passed that it changes, in its time`,
    ]
  })
}

/** Returns a note when an open phase without `maxUsers` needed more users than the machine allows. */
function limitNotes({ userLimit: { users, by }, limitReached }: RunState): string[] {
  if (limitReached === 0) return []
  const found = `${limitReached} ${limitReached === 1 ? 'arrival' : 'arrivals'} found all ${users} users busy`
  return [
    `${found}, as many as are allowed by ${MORE_USERS[by]}. The target is slower than the rate needs; maxUsers sets another number`,
  ]
}

/** Returns a note about steps that no iteration reached, in a run that sent something. Steps that only close a connection are not counted. */
function neverSent({ plan, recorder, endedAt }: RunState): string[] {
  if (Number.isNaN(endedAt) || recorder.total.counts.started === 0) return []
  const names = plan.exchanges.flatMap((step) => {
    const { planned = 0, skipped = 0 } = recorder.steps[step.index]?.counts ?? {}
    const isUncounted = step.setupOrTeardown || (step.kind === 'request' && step.leaves)
    return isUncounted || planned + skipped > 0 ? [] : [step.name]
  })
  return neverSentNotes(names)
}

/** Returns notes about why the run ended early, and about failures of setup and teardown. */
function endNotes(state: RunState): string[] {
  return [
    ...(state.usedUp ? [`ended early: ${usedUpText(state.usedUp)}`] : []),
    ...budgetNote(state),
    ...(state.broken === undefined ? [] : [state.broken]),
    ...state.stopWatch.read().flatMap((rule) => (rule.metAtMs === null ? [] : [stopWhenText(rule)])),
    ...(state.stoppedBy ? [stopText(state, state.stoppedBy)] : []),
    ...state.setupTeardownFailures,
  ]
}

function budgetNote(state: RunState): string[] {
  const text = state.budget.endText(ranMs(state))
  return text === undefined ? [] : [`ended early: ${text}`]
}

function scenarioErrorNotes({ scenarioErrors }: RunState): string[] {
  return [...scenarioErrors].map(
    ([message, count]) => `${count} iteration${count === 1 ? '' : 's'} ended because a template or condition failed: ${message}`,
  )
}

/** Returns a note for each tag that had too many values to count each apart. */
function tagNotes({ tags }: Recorder): string[] {
  return [...tags.folded].map(
    ([name, count]) =>
      `tag ${name} has more values than are told apart (${MAX_TAG_VALUES} of a tag, ${MAX_TAG_GROUPS} in all): ${count} attempts are counted under ${OTHER_VALUES}`,
  )
}
