/** Scenario templates: files of the folder `templates`, each a valid scenario that can be run. */
import { isMap, isScalar, parseDocument } from 'yaml'
import { packagedText } from '../packaged.ts'

/** A map of plain data (texts, numbers, lists, maps) that can be written to a scenario file. */
export type Data = Readonly<Record<string, unknown>>

/** How many messages a scenario template sends per iteration, and how many iterations it makes. */
export interface Messages {
  readonly perIteration: number
  /** Number of iterations of all users together; undefined when the load ends after a time instead. */
  readonly iterations: number | undefined
}

/** A ready-made scenario that `burn generate` can write to a file. */
export interface ScenarioTemplate {
  /** The name of the template, which its scenario and its file also have. */
  readonly name: string
  readonly category: string
  /** A description of one line, which `burn generate --list` shows and the scenario repeats. */
  readonly summary: string
  /** Lines of the comment at the top of the file, after the first one. */
  readonly about: readonly string[]
  readonly messages: Messages
  /** True when the template has its own target, for a protocol or provider; false when the user may choose another. */
  readonly ownTarget: boolean
  /** The scenario as it runs against the embedded mock, possibly with mock settings that show the template's purpose. */
  readonly scenario: Data
  /** Comments above top-level keys of the scenario, by key. */
  readonly comments: Readonly<Record<string, string>>
}

/** Returns the total number of messages that a template sends; undefined when its load ends after a time and not after a number of iterations. */
export function totalMessages({ perIteration, iterations }: Messages): number | undefined {
  return iterations === undefined ? undefined : perIteration * iterations
}

/** The threshold of most scenario templates and of imported requests: fewer than 5 % of the attempts may fail. */
export const FEW_ERRORS = 'errors ratio < 5%'

/** Returns the text of a file in the folder `scenarios/templates`. */
export const templateText = (file: string): string => packagedText(`scenarios/templates/${file}`)

/**
 * Reads a template from the file `name`.yaml in burn's package. `group` says to which group of templates it belongs (`category`), and whether it has
 * a target of its own.
 */
export function readTemplate(name: string, group: Pick<ScenarioTemplate, 'category' | 'ownTarget'>): ScenarioTemplate {
  const document = parseDocument(templateText(`${name}.yaml`))
  const pairs = isMap(document.contents) ? document.contents.items : []
  const comments = pairs.flatMap(({ key }) =>
    isScalar(key) && key.commentBefore ? [[String(key.value), commentOf(key.commentBefore)]] : [],
  )
  const [, ...about] = commentOf(document.commentBefore ?? '').split('\n')
  return templateOf({ ...group, about, scenario: document.toJS(), comments: Object.fromEntries(comments) })
}

/** Completes a template with its name, summary and number of messages, which are read from its scenario. */
export function templateOf(written: Omit<ScenarioTemplate, 'name' | 'summary' | 'messages'>): ScenarioTemplate {
  const { name, description, steps, load } = written.scenario as {
    name: string
    description: string
    steps: TemplateStep[]
    load: TemplatePhase[]
  }
  const messages = { perIteration: messagesIn(steps), iterations: iterationsOf(load) }
  return { ...written, name, summary: description, messages }
}

/** Returns a comment without the space after each `#`, which the YAML library keeps. */
function commentOf(text: string): string {
  return text.replace(/^ /gm, '')
}

interface TemplateStep {
  readonly message?: unknown
  readonly request?: object
  readonly loop?: { readonly times: unknown; readonly steps: readonly TemplateStep[] }
  readonly then?: readonly TemplateStep[]
}

/**
 * Returns the number of messages that steps send. Of a branch only `then` counts, loops count with their mean number of rounds, and loops whose
 * rounds come from a template not at all.
 */
function messagesIn(steps: readonly TemplateStep[]): number {
  const counts = steps.map(({ message, request, loop, then = [] }) => {
    if (loop) return meanRounds(loop.times) * messagesIn(loop.steps)
    if (request) return 'disconnect' in request ? 0 : 1
    return message === undefined ? messagesIn(then) : 1
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Returns the number of rounds of a loop, or their mean if they are drawn; 0 when a template says how many. */
function meanRounds(times: unknown): number {
  const mean = typeof times === 'object' && times !== null && 'mean' in times ? times.mean : times
  return typeof mean === 'number' ? mean : 0
}

interface TemplatePhase {
  readonly users?: unknown
  readonly iterations?: number
  readonly iterationsPerUser?: number
}

function iterationsOf(load: readonly TemplatePhase[]): number | undefined {
  const counts = load.map(
    ({ iterations, iterationsPerUser, users }) => iterations ?? (iterationsPerUser ?? Number.NaN) * Number(users),
  )
  const sum = counts.reduce((total, count) => total + count, 0)
  return Number.isNaN(sum) ? undefined : sum
}
