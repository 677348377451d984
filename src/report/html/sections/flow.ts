/** Draws the flow of the scenario: its steps in order, in boxes for loops and branches, each with its number of attempts. */
import type { OutlineLine, Result, StepMetrics } from '../../../result/schema.ts'
import { formatCount, formatPercentile, formatShare } from '../../text/format.ts'
import { percent } from '../charts/frame.ts'
import { type Markup, markup, oneLine } from '../page/markup.ts'

const NAME_CHARACTERS = 120

/** A line of the scenario's outline (a step, loop or branch), with the lines inside it. */
interface FlowNode {
  readonly line: OutlineLine
  readonly below: readonly FlowNode[]
}

/** The figures that all boxes of the drawing need. */
interface FlowFacts {
  readonly steps: ReadonlyMap<string, StepMetrics>
  /** The number of attempts of the step that had the most. */
  readonly most: number
}

/**
 * Returns, for the HTML report, a drawing of the scenario's steps, with boxes for loops and branches and the number of attempts of each message and
 * request; undefined when there is only one step, with nothing around it.
 */
export function flowBody({ outline, steps }: Result): Markup | undefined {
  const lines =
    outline ?? steps.map(({ name, kind }): OutlineLine => ({ depth: 0, kind: kind === 'message' ? kind : 'request', text: name }))
  if (lines.length < 2) return undefined
  const facts: FlowFacts = {
    steps: new Map(steps.map((step) => [step.name, step])),
    most: Math.max(1, ...steps.map(({ counts }) => counts.planned)),
  }
  return markup`${listOf(treeOf(lines), facts)}<p class="more">The bar of a step shows how many attempts it had, beside the step that had most; red is what did not succeed.</p>
`
}

/** Turns the lines of an outline, which are indented by `depth`, into a tree. */
function treeOf(lines: readonly OutlineLine[]): FlowNode[] {
  const nodes: FlowNode[] = []
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]
    let end = at + 1
    while (end < lines.length && (lines[end]?.depth ?? 0) > (line?.depth ?? 0)) end += 1
    if (line) nodes.push({ line, below: treeOf(lines.slice(at + 1, end)) })
    at = end
  }
  return nodes
}

function listOf(nodes: readonly FlowNode[], facts: FlowFacts): Markup {
  return markup`<ol class="flow">\n${nodes.map((node) => nodeOf(node, facts))}</ol>\n`
}

function nodeOf({ line, below }: FlowNode, facts: FlowFacts): Markup {
  const step = facts.steps.get(line.text)
  const isExchange = line.kind === 'message' || line.kind === 'request'
  const label = markup`<span class="kind">${wordsOf(line)}</span>${line.text !== '' && markup` <span class="what">${oneLine(line.text, NAME_CHARACTERS)}</span>`}`
  const figures = isExchange && step && figuresOf(step, facts.most)
  return markup`<li class="box ${line.kind}"><div class="line">${label}${figures}</div>
${below.length > 0 && listOf(below, facts)}</li>
`
}

function wordsOf({ kind, weight }: OutlineLine): string {
  if (kind === 'flow') return `flow, ${formatShare(weight)} of the iterations:`
  if (kind === 'setup') return 'setup, once, before the load'
  if (kind === 'teardown') return 'teardown, once, after the load'
  if (kind === 'set') return 'set variables'
  return kind
}

function figuresOf({ counts, distributions }: StepMetrics, most: number): Markup {
  const ok = counts.ok / most
  const bad = Math.max(0, counts.planned - counts.ok) / most
  const words =
    counts.planned === 0
      ? 'no attempt'
      : `${formatCount(counts.planned)} attempts, ${formatShare(counts.ok / counts.planned)} ok, p95 ${formatPercentile(distributions.response_time, 'p95')}`
  const skipped = counts.skipped === undefined ? '' : `, ${formatCount(counts.skipped)} not sent`
  return markup` <svg class="reach" aria-hidden="true"><rect class="track" width="100%" height="100%"/><rect class="ok" width="${percent(ok)}" height="100%"/><rect class="lost" x="${percent(ok)}" width="${percent(bad)}" height="100%"/></svg> <span class="dim">${words}${skipped}</span>`
}
