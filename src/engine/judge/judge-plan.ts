/** Makes the plan with which a judge is asked: one message for each question, without the settings of the run. */
import type { Scope, Template } from '../../language/template/template.ts'
import type { Assignment } from '../../language/template/variables.ts'
import { closedLoad } from '../../load/closed.ts'
import type { MessageStep, Plan, PlannedJudge } from '../../scenario/compile/plan.ts'

/** A question to a judge model: the instructions (`task`), such as a rubric, and the question itself (`text`) with the reply to score. */
export interface Question {
  readonly task: string
  readonly text: string
  /** The question without the random code that marks the quoted texts and differs in each run. It is the key under which an answer is stored. */
  readonly about: string
  /** Returns true for an answer in the form that the instructions ask for. */
  readonly isAnswer: (text: string) => boolean
}

/** Name of the only step, target and phase in the plan with which a judge is asked. */
const NAME = 'judge'

/**
 * Returns the plan of a run that sends the questions to a judge model, `users` of them at a time. The plan has no retries, no injected faults and no
 * budget.
 */
export function judgePlan(plan: Plan, { target }: PlannedJudge, questions: readonly Question[], users: number): Plan {
  const step: MessageStep = {
    kind: 'message',
    index: 0,
    target: 0,
    flow: undefined,
    setupOrTeardown: false,
    onError: { default: 'skip', retry: NO_RETRY, rules: [] },
    tools: undefined,
    payload: undefined,
    prompt: undefined,
    name: NAME,
    checks: [],
    checksStatus: false,
    checksCostly: false,
    captures: [],
    timeouts: target.timeouts,
    tags: [],
    content: plain((scope) => questions[indexIn(scope)]?.text ?? ''),
  }
  const load = closedLoad({ lengthMs: undefined, maxUsers: users, usersAt: () => users, sharedIterations: questions.length })
  // Each key is written out, so that a key that plans get later is not passed on to a judge by accident.
  const { name, description, file, baseDir, hash, seed, tags, gracefulMs, secrets, notes } = plan
  return {
    ...{ name, description, file, baseDir, hash, seed, tags, gracefulMs, secrets, notes },
    faults: undefined,
    faultTags: [],
    wireFaults: undefined,
    budget: {},
    alerts: [],
    stopWhen: [],
    webhooks: [],
    observe: [],
    plugins: [],
    export: [],
    monitor: [],
    health: [],
    requireHealthy: false,
    targets: [target],
    phases: [{ name: NAME, shape: NAME, warmup: false, load }],
    flows: [{ name: undefined, weight: 1, steps: [step] }],
    exchanges: [step],
    groups: [],
    setup: [],
    teardown: [],
    suffix: undefined,
    conversation: { ...NO_MEMORY, system: plain((scope) => questions[indexIn(scope)]?.task ?? '') },
    data: {},
    vars: withoutRows(plan.vars),
    bands: undefined,
    quality: undefined,
    judge: undefined,
    thresholds: [],
    iterationMs: undefined,
    readsReply: false,
    readsReplyJson: false,
  }
}

const NO_RETRY = { max: 0, delay: 0, multiplier: 1, maxDelay: 0, jitter: false, retryAfter: false }

const NO_MEMORY = {
  keepTurns: 0,
  maxTokens: Number.POSITIVE_INFINITY,
  maxMessages: Number.POSITIVE_INFINITY,
  id: undefined,
  cookies: false,
  resetEachIteration: true,
}

/** Makes a template that renders to the given text as it is, even where a sampled reply contains something like `{{…}}`. */
function plain(text: (scope: Scope) => string): Template {
  return { source: '', static: false, variables: [], reads: [], uses: [], touches: [], render: text, value: text }
}

/** Returns the index of the question that an iteration asks: the number of the iteration, from 0. */
function indexIn({ iteration }: Scope): number {
  return (iteration as { readonly index: number }).index // every iteration has it
}

/**
 * Returns the variables of a scenario that a judge's settings can use: those that need no row of a data file. A variable may read those before it.
 */
function withoutRows(vars: readonly Assignment[]): Assignment[] {
  const known = new Set(['run', 'iteration', 'user', 'model'])
  return vars.filter(({ name, value }) => {
    const isKnown = value.reads.every((read) => known.has(read))
    if (isKnown) known.add(name)
    return isKnown
  })
}
