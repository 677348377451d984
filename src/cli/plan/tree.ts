import { distributionWords } from '../../payloads/lengths.ts'
import { DEFAULT_TOOL_ROUNDS } from '../../scenario/compile/steps/tools.ts'
import { listAt, mapAt, type WrittenMap } from '../../scenario/schema/written-steps.ts'
import { terminalSafe } from '../../text/escape.ts'
import { isMap } from '../../text/json.ts'

/** One line of the tree of steps, with the nodes below it. */
interface TreeNode {
  readonly label: string
  readonly below: readonly TreeNode[]
}

const LONGEST = 60

/**
 * Formats the steps of a scenario as a tree, in the order in which they run. The first line is `name`, the name of the scenario; `value` is the
 * scenario as plain data, as the user wrote it. Each line ends with a line break.
 */
export function stepTree(name: string, value: unknown): string {
  const lines = [terminalSafe(name), ...branches(partsOf(value), '')]
  return `${lines.join('\n')}\n`
}

function partsOf(value: unknown): TreeNode[] {
  const flows = listAt(value, ['flows']).map((flow) => mapAt(flow, []))
  const total = flows.reduce((sum, flow) => sum + weightOf(flow), 0)
  const share = (flow: WrittenMap) => `${Math.round((weightOf(flow) / total) * 1000) / 10}% of the iterations`
  const named = flows.map((flow, index) => ({
    label: `flow ${short(flow.name ?? index + 1)} (${share(flow)})${targetOf(flow)}`,
    below: nodes(flow.steps),
  }))
  const outsideLoad = (key: string, note: string) => {
    const below = nodes(mapAt(value, [])[key])
    return below.length > 0 ? [{ label: `${key} (${note})`, below }] : []
  }
  return [
    ...outsideLoad('setup', 'once, before the load'),
    ...(flows.length > 0 ? named : nodes(mapAt(value, []).steps)),
    ...outsideLoad('teardown', 'once, after the load'),
  ]
}

const weightOf = ({ weight }: WrittenMap) => (typeof weight === 'number' ? weight : 1)
const targetOf = ({ target }: WrittenMap) => (typeof target === 'string' ? ` → ${short(target)}` : '')

function nodes(steps: unknown): TreeNode[] {
  return Array.isArray(steps) ? steps.map((step) => nodeOf(mapAt(step, []))) : []
}

function nodeOf(step: WrittenMap): TreeNode {
  if (step.loop !== undefined) return loopNode(mapAt(step.loop, []))
  if (step.if !== undefined) {
    const otherwise = nodes(step.else)
    const below = [
      { label: 'then', below: nodes(step.then) },
      ...(otherwise.length > 0 ? [{ label: 'else', below: otherwise }] : []),
    ]
    return { label: `if ${short(step.if)}`, below }
  }
  if (step.delay !== undefined) return { label: `delay ${short(delayText(step.delay))}`, below: [] }
  if (step.set !== undefined) return { label: `set ${short(Object.keys(mapAt(step.set, [])).join(', '))}`, below: [] }
  return { label: exchangeText(step), below: [] }
}

function loopNode(loop: WrittenMap): TreeNode {
  const bounds = [
    ...(loop.times === undefined ? [] : [`${short(isMap(loop.times) ? distributionWords(loop.times) : loop.times)} times`]),
    ...(loop.while === undefined ? [] : [`while ${short(loop.while)}`]),
    ...(loop.for === undefined ? [] : [`for ${short(loop.for)}`]),
  ]
  return { label: `loop ${bounds.join(', ')}`, below: nodes(loop.steps) }
}

function delayText(delay: unknown): string {
  return typeof delay === 'string' ? delay : Object.values(mapAt(delay, [])).join(' ')
}

/** Returns the label of a message or request step: what it sends, and what it checks in the reply. */
function exchangeText(step: WrittenMap): string {
  const sent =
    step.message === undefined
      ? `request ${requestText(mapAt(step.request, []))}`
      : `message "${short(messageText(step.message))}"`
  const name = step.name === undefined ? '' : `${short(step.name)}: `
  const checks = Array.isArray(step.expect) ? step.expect.length : 0
  const captures = Object.keys(mapAt(step.capture, []))
  const tools = listAt(step, ['tools']).map((tool) => String(mapAt(tool, []).name))
  const rounds = step.toolReply === undefined ? '' : `, at most ${step.toolRounds ?? DEFAULT_TOOL_ROUNDS} rounds`
  const notes = [
    ...(tools.length > 0 ? [`${tools.length === 1 ? 'tool' : 'tools'} ${short(tools.join(', '))}${rounds}`] : []),
    ...(checks > 0 ? [`${checks} ${checks === 1 ? 'check' : 'checks'}`] : []),
    ...(captures.length > 0 ? [`keeps ${short(captures.join(', '))}`] : []),
  ]
  return `${name}${sent}${targetOf(step)}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`
}

/** Returns the text of a message. Of a message in parts, other parts than texts are named in brackets. */
function messageText(message: unknown): unknown {
  if (!Array.isArray(message)) return message
  return message
    .map((part) => mapAt(part, []))
    .map(({ text, image, audio, file }) => text ?? `[${image ?? audio ?? file}]`)
    .join(' ')
}

function requestText(request: WrittenMap): string {
  const { method, path, url } = request
  const words = [method, path ?? url].filter((word) => typeof word === 'string')
  return short(words.length > 0 ? words.join(' ') : Object.keys(request).join(', '))
}

function short(value: unknown): string {
  const text = terminalSafe(String(value)).replaceAll(/\s+/g, ' ')
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}

function branches(list: readonly TreeNode[], indent: string): string[] {
  return list.flatMap(({ label, below }, index) => {
    const last = index === list.length - 1
    return [`${indent}${last ? '└─' : '├─'} ${label}`, ...branches(below, `${indent}${last ? '   ' : '│  '}`)]
  })
}
