import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import { ForeignFields } from '../common/fields.ts'
import { type ForeignOptions, LiteralNames, nameFrom, withoutReferences } from '../common/literal.ts'
import { type Note, Notes } from '../common/notes.ts'
import { onErrorBlock } from './errors.ts'
import { flowSteps } from './steps.ts'
import { krawallTarget, MESSAGE_TIMEOUT_MS, pathOf } from './target.ts'
import { translateText } from './template.ts'

/** True when parsed data looks like an export of the tool Krawall: its target has a `connectorType`, for example. */
export function isKrawall(value: unknown): value is Data {
  if (!isMap(value)) return false
  if (Array.isArray(value.flowConfig) || Array.isArray(value.customMessages)) return true
  const { steps, target } = value
  const typed =
    Array.isArray(steps) &&
    steps.some((step) => isMap(step) && typeof step.type === 'string' && !('message' in step && !('id' in step)))
  return typed || (isMap(target) && typeof target.connectorType === 'string')
}

const LEVELS: Readonly<Record<string, string>> = {
  minimal: 'minimal',
  basic: 'minimal',
  normal: 'normal',
  verbose: 'verbose',
  extreme: 'extreme',
}

/** Converts an export of the tool Krawall to a scenario. The notes say what the scenario does differently. */
export function convertKrawall(source: Data, options: ForeignOptions = {}): { scenario: Data; notes: Note[] } {
  const notes = new Notes()
  const fields = new ForeignFields(source, notes)
  const chosen = fields.has('target') ? krawallTarget(fields.take('target'), options, notes) : mockTarget(notes)
  const templates = fields.take('messageTemplates', 'variables')
  const own = isMap(templates) ? templates : {}
  const names = { own: new Set([...Object.keys(own), ...Object.keys(chosen.vars)]), notes, options }
  const vars = { ...chosen.vars, ...textsOnly(own, (text) => translateText(text, names)) }
  const description = fields.text('description')
  const onError = onErrorBlock(fields.map('errorHandling'))
  const scenario = {
    name: nameFrom(fields.text('name') ?? '', 'krawall'),
    ...(description ? { description: withoutReferences(description, options) } : {}),
    target: { ...chosen.target, ...timeoutsOf(fields, chosen.target) },
    ...(Object.keys(vars).length > 0 ? { vars } : {}),
    load: [
      { iterationsPerUser: fields.number('repetitions') ?? 1, users: fields.number('concurrency') ?? 1, ...boundOf(fields) },
    ],
    ...conversationOf(fields, notes),
    ...verbosityOf(fields, notes),
    ...(onError ? { onError } : {}),
    steps: stepsOf(fields, names),
    ...tagsOf(fields),
  }
  if (scenario.steps.length === 0) notes.push('there is no step that can be sent: add one')
  for (const name of ['id', 'isActive', 'isPublic', 'tags', 'createdAt', 'updatedAt', 'version', 'exportedAt', 'targetId'])
    fields.take(name)
  fields.finish()
  return { scenario, notes: notes.all }
}

function mockTarget(notes: Notes): { target: Data; vars: Data } {
  notes.push('target: exports of Krawall have none, so the embedded mock is used; put your own in its place')
  return { target: { preset: 'openai-chat', url: 'mock:', model: 'demo' }, vars: {} }
}

function textsOnly(values: Data, change: (text: string) => string): Data {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, typeof value === 'string' ? change(value) : value]),
  )
}

function stepsOf(fields: ForeignFields, names: Parameters<typeof translateText>[1]): Data[] {
  const extractors = fields.take('variableExtractors')
  const captures = Object.entries(isMap(extractors) ? extractors : {}).map(([name, path]) => [
    name,
    { json: pathOf(String(path)), default: '' },
  ])
  const context = {
    names: { ...names, own: new Set([...names.own, ...captures.map(([name]) => String(name))]) },
    stepNames: new LiteralNames(),
    delayMs: fields.number('delayBetweenMs') ?? 0,
    capture: captures.length === 0 ? undefined : Object.fromEntries(captures),
    inLoop: false,
  }
  const flow = fields.list('flowConfig', 'steps')
  const messages = fields.list('customMessages')
  return flowSteps(flow.length > 0 ? flow : messages, context, 'steps')
}

/** Returns the `timeouts` block for a converted file of the tool Krawall, where a message may take 30 s by default. */
function timeoutsOf(fields: ForeignFields, target: Data): Data {
  const message = fields.number('messageTimeout')
  if (message === undefined && isMap(target.timeouts)) return {}
  return { timeouts: { ...(isMap(target.timeouts) ? target.timeouts : {}), total: `${message ?? MESSAGE_TIMEOUT_MS}ms` } }
}

function boundOf(fields: ForeignFields): Data {
  const session = fields.number('timeout', 'sessionTimeout')
  return session === undefined ? {} : { for: `${session}ms` }
}

/** Returns the captures for session tokens, which the tool Krawall sends back as `X-Conversation-Id` or under the last name of their path. */
function sessionToken(fields: ForeignFields, notes: Notes): Data | undefined {
  const written = fields.take('sessionTokenPaths')
  const paths = (Array.isArray(written) ? written : isMap(written) ? Object.values(written) : [written]).filter(
    (path) => typeof path === 'string',
  )
  const own = fields.text('conversationIdPath')
  const [first] = own === undefined ? paths : [own]
  for (const path of paths.slice(own === undefined ? 1 : 0))
    notes.push(
      `sessionTokenPaths: ${path} was left out: a conversation has one id in burn; capture this one, and send it with {{its name}}`,
    )
  if (first === undefined) return undefined
  const name = pathOf(first).split('.').at(-1) ?? ''
  const header = own !== undefined || /conversation|session_?id|^id$/i.test(name) ? 'X-Conversation-Id' : name
  return { from: pathOf(first), ...(own === undefined ? { sendAs: `header:${header}` } : {}) }
}

function conversationOf(fields: ForeignFields, notes: Notes): Data {
  const tokens = fields.number('maxContextTokens')
  const id = sessionToken(fields, notes)
  const reset = fields.flag('resetBetweenRepetitions', false)
  const block = {
    ...(tokens === undefined ? {} : { window: { maxTokens: tokens } }),
    ...(id === undefined ? {} : { id }),
    // In Krawall a conversation continues over repetitions, unless a reset is set.
    ...(reset ? {} : { reset: 'never' }),
  }
  return Object.keys(block).length === 0 ? {} : { conversation: block }
}

function verbosityOf(fields: ForeignFields, notes: Notes): Data {
  const level = fields.text('verbosityLevel')
  if (level === undefined) return {}
  const known = LEVELS[level.toLowerCase()]
  if (known === undefined) notes.push(`verbosityLevel ${level} is not known, and was left out`)
  return known === undefined ? {} : { verbosity: known }
}

function tagsOf(fields: ForeignFields): Data {
  const category = fields.text('category')
  return category === undefined ? {} : { tags: { category } }
}
