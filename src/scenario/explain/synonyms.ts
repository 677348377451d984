/** Keys of older files and of other tools, each with what to write instead. */
import { member } from '../schema/schema-walk.ts'
import {
  captures,
  closedLoad,
  delayRange,
  httpRequest,
  message,
  openLoad,
  phasedLoad,
  ramp,
  rate,
  scalar,
  stagedLoad,
  time,
  typedStep,
} from './examples.ts'
import type { IssuePlace } from './places.ts'

/** The hint for keys of other tools or older files, and where it applies. */
interface Synonym {
  readonly in: IssuePlace
  /** The keys of other tools or older files, separated by spaces. */
  readonly keys: string
  /** The hint, or a function that makes it from the key's value and the map that holds the key. */
  readonly hint: string | ((owner: unknown, value: unknown) => string)
  /** burn's key with the same meaning; it is then not reported as missing. */
  readonly means?: string
  /** Another key of the same tool, whose hint is enough when both are in one map. */
  readonly goesWith?: string
}

const write = (example: (owner: unknown, value: unknown) => string) => (owner: unknown, value: unknown) =>
  `write ${example(owner, value)}`

const AUTH = 'write auth: { type: bearer, token: "${env.API_KEY}" }'
const ORDER = 'leave it out: steps run in the order of the list; for another way through use if with then and else'

const SYNONYMS: readonly Synonym[] = [
  // the load
  { in: 'top', keys: 'vus users concurrency virtualUsers connections duration', hint: write(closedLoad) },
  { in: 'top', keys: 'repetitions iterations', hint: write(closedLoad) },
  { in: 'top', keys: 'rate rps qps arrivalRate requestsPerSecond', hint: write(openLoad) },
  { in: 'top', keys: 'stages', hint: write((_, stages) => stagedLoad(stages)) },
  { in: 'top', keys: 'phases', hint: write((_, phases) => phasedLoad(phases)) },
  { in: 'top', keys: 'config', hint: 'its parts stand at the top here: target: { url: … } and load: [ { rate: 5/s, for: 1m } ]' },
  {
    in: 'top',
    keys: 'options',
    hint: 'its parts stand at the top here: load: [ { users: 5, for: 1m } ] and thresholds: [ errors ratio < 1% ]',
  },
  {
    in: 'phase',
    keys: 'vus concurrency virtualUsers connections',
    hint: write((_, value) => `users: ${scalar(value, '5')}`),
    means: 'users',
  },
  { in: 'phase', keys: 'target', hint: write((_, value) => `users: { to: ${scalar(value, '10')} }`), means: 'users' },
  { in: 'phase', keys: 'duration', hint: write((_, value) => `for: ${time(value, 's', '1m')}`), means: 'for' },
  {
    in: 'phase',
    keys: 'arrivalRate rps qps requestsPerSecond',
    hint: write((_, value) => `rate: ${rate(value)}`),
    means: 'rate',
  },
  {
    in: 'phase',
    keys: 'rampTo',
    hint: write((owner, value) => `rate: { from: ${rate(member(owner, 'arrivalRate'))}, to: ${rate(value)} }`),
  },
  { in: 'phase', keys: 'from to', hint: write(ramp) },
  { in: 'phase', keys: 'maxVusers maxVUs preAllocatedVUs', hint: write((_, value) => `maxUsers: ${scalar(value, '100')}`) },
  {
    in: 'phase',
    keys: 'repetitions',
    hint: write((_, value) => `iterationsPerUser: ${scalar(value, '3')}`),
    means: 'iterationsPerUser',
  },
  // other parts at the top
  {
    in: 'top',
    keys: 'endpoint baseUrl baseURL uri',
    hint: write((_, value) => `target: { url: ${scalar(value, '…')} }`),
    means: 'target',
  },
  {
    in: 'top',
    keys: 'providers provider',
    hint: 'write target: { preset: openai-chat }, or targets: with a name for each',
    means: 'target',
  },
  {
    in: 'top',
    keys: 'messages customMessages prompts',
    hint: 'write steps: [ { message: "Hello" } ], an entry for each',
    means: 'steps',
  },
  { in: 'top', keys: 'flow flowConfig', hint: 'write steps: [ { message: "Hello" } ]', means: 'steps' },
  {
    in: 'top',
    keys: 'scenarios',
    hint: 'write flows: [ { name: a, weight: 1, steps: [ … ] } ], or steps: when there is one',
    means: 'steps',
  },
  { in: 'top', keys: 'tests', hint: 'write steps: [ { message: "Hello", expect: [ { contains: hello } ] } ]', means: 'steps' },
  { in: 'top', keys: 'messageTemplates variables', hint: 'write vars: { name: value }' },
  { in: 'top', keys: 'verbosityLevel', hint: write((_, value) => `verbosity: ${scalar(value, 'verbose')}`) },
  {
    in: 'top',
    keys: 'delayBetweenMs delayBetween delayMs',
    hint: write((_, value) => `a step of its own between two others: - delay: ${time(value, 'ms', '1s')}`),
  },
  {
    in: 'top',
    keys: 'resetBetweenRepetitions resetBetween',
    hint: 'write conversation: { reset: iteration }, which is the default',
  },
  // targets
  { in: 'target', keys: 'endpoint baseUrl baseURL uri address', hint: write((_, value) => `url: ${scalar(value, '…')}`) },
  { in: 'target', keys: 'apiKey token bearerToken', hint: AUTH },
  { in: 'target', keys: 'timeout timeoutMs', hint: write((_, value) => `timeouts: { total: ${time(value, 'ms', '30s')} }`) },
  { in: 'target', keys: 'provider', hint: write((_, value) => `preset: ${scalar(value, 'openai-chat')}`) },
  {
    in: 'target',
    keys: 'type connector connectorType',
    hint: 'write protocol: http, or leave it out: the scheme of the url tells it',
  },
  { in: 'target', keys: 'requestTemplate', hint: 'write request: { structure: … }' },
  { in: 'target', keys: 'responseTemplate', hint: 'write response: { text: $.reply }' },
  { in: 'target', keys: 'system systemPrompt', hint: 'write conversation: { system: "…" } at the top of the file' },
  {
    in: 'response',
    keys: 'path responsePath contentPath textPath',
    hint: write((_, value) => `text: ${scalar(value, '$.reply')}`),
  },
  {
    in: 'response',
    keys: 'tokenUsagePath usagePath',
    hint: 'write usage: { input: $.usage.in, output: $.usage.out }; a usage block in a known spelling is found by itself',
  },
  { in: 'response', keys: 'errorPath', hint: write((_, value) => `error: ${scalar(value, '$.error')}`) },
  { in: 'conversation', keys: 'mode history stateful', hint: 'write memory: full, memory: none, or memory: { last: 5 }' },
  { in: 'conversation', keys: 'idPath', hint: write((_, value) => `id: { from: ${scalar(value, '$.id')} }`) },
  { in: 'conversation', keys: 'maxTurns maxHistory', hint: write((_, value) => `memory: { last: ${scalar(value, '5')} }`) },
  { in: 'conversation', keys: 'systemPrompt', hint: 'write system: "…"' },
  // steps
  { in: 'step', keys: 'type', hint: (owner) => `a step is told by its first key: write ${typedStep(owner)}` },
  { in: 'step', keys: 'content text prompt send say user input', hint: write(message), goesWith: 'type', means: 'message' },
  { in: 'step', keys: 'config', hint: 'leave it out: what it holds stands in the step itself', goesWith: 'type' },
  { in: 'step', keys: 'next nextStep nextStepId', hint: ORDER },
  { in: 'step', keys: 'id', hint: write((_, value) => `name: ${scalar(value, 'open')}`) },
  { in: 'step', keys: 'extract variableExtractors', hint: write((_, value) => captures(value)) },
  {
    in: 'step',
    keys: 'assert asserts assertions checks check validate',
    hint: 'write expect: [ { contains: hello }, { status: 200 } ]',
  },
  {
    in: 'step',
    keys: 'think thinkTime pause wait sleep',
    hint: write((_, value) => `a step of its own: - delay: ${time(value, 's', '1s')}`),
    means: 'delay',
  },
  {
    in: 'step',
    keys: 'delayMs delayAfterMs durationMs delayBetweenMs',
    hint: write((_, value) => `a step of its own: - delay: ${time(value, 'ms', '1s')}`),
    goesWith: 'type',
    means: 'delay',
  },
  {
    in: 'step',
    keys: 'repeat repetitions iterations',
    hint: write((_, value) => `loop: { times: ${scalar(value, '3')}, steps: [ … ] }`),
    goesWith: 'type',
  },
  { in: 'step', keys: 'bodySteps', hint: 'write loop: { times: 3, steps: [ … ] }', goesWith: 'type' },
  { in: 'step', keys: 'condition', hint: write((_, value) => `if: ${scalar(value, 'reply.ok')}`), goesWith: 'type', means: 'if' },
  { in: 'step', keys: 'thenSteps', hint: 'write then: [ … ]', goesWith: 'type', means: 'then' },
  { in: 'step', keys: 'elseSteps', hint: 'write else: [ … ]', goesWith: 'type' },
  ...['get', 'post', 'put', 'delete', 'patch', 'head'].map(
    (key): Synonym => ({ in: 'step', keys: key, hint: write((_, value) => httpRequest(key, value)), means: 'request' }),
  ),
  { in: 'step', keys: 'http', hint: write((_, value) => httpRequest(member(value, 'method'), value)), means: 'request' },
  {
    in: 'capture',
    keys: 'path jsonPath jsonpath expression query',
    hint: write((_, value) => `json: ${scalar(value, '$.id')}; known here: json, header, regex, default`),
  },
  { in: 'message', keys: 'content text prompt role', hint: write(message) },
  { in: 'loop', keys: 'bodySteps body do', hint: 'write steps: [ … ]', means: 'steps' },
  {
    in: 'loop',
    keys: 'iterations count repeat repetitions',
    hint: write((_, value) => `times: ${scalar(value, '3')}`),
    means: 'times',
  },
  { in: 'loop', keys: 'condition', hint: write((_, value) => `while: ${scalar(value, 'loop.index < 3')}`) },
  { in: 'delay', keys: 'min max minMs maxMs', hint: write(delayRange) },
  { in: 'delay', keys: 'durationMs ms', hint: write((_, value) => `delay: ${time(value, 'ms', '500ms')}`) },
  // checks
]

const byPlace = new Map<string, Synonym>(
  SYNONYMS.flatMap((one) => one.keys.split(' ').map((key) => [`${one.in} ${key}`, one] as const)),
)

/**
 * Returns a hint that says what to write in place of a key of another tool, such as `vus`; undefined for an unknown key. `place` and `owner` are the
 * block and the map in which the key stands. `means` is the key of burn with the same meaning. `covered` is true when the hint for another key of the
 * map already explains this key.
 */
export function synonymOf(
  place: IssuePlace | undefined,
  key: string,
  owner: unknown,
): { hint: string; means?: string; covered: boolean } | undefined {
  const synonym = place && byPlace.get(`${place} ${key}`)
  if (synonym === undefined) return undefined
  const { hint, means, goesWith } = synonym
  const text = typeof hint === 'string' ? hint : hint(owner, member(owner, key))
  const covered = goesWith !== undefined && member(owner, goesWith) !== undefined
  return { hint: text, covered, ...(means === undefined ? {} : { means }) }
}
