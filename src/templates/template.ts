/** What a scenario template is, and how it is read: files of the folder `templates`, each valid and runnable as it stands. */
import { isMap, isScalar, parseDocument } from 'yaml'
import { packagedText } from '../packaged.ts'

/** Plain data that becomes a scenario file. */
export type Data = Readonly<Record<string, unknown>>

/** How many messages a template sends: in one iteration, and how often that is walked through. */
export interface Messages {
  readonly perIteration: number
  /** Iterations of all users together; undefined when time decides. */
  readonly iterations: number | undefined
}

/** A scenario that `burn generate` can write. */
export interface ScenarioTemplate {
  /** Also the name of the scenario and of its file. */
  readonly name: string
  readonly category: string
  /** One line: the description of the scenario and of the list. */
  readonly summary: string
  /** More lines of comment at the top of the file. */
  readonly about: readonly string[]
  readonly messages: Messages
  /** It has a target of its own, for a protocol or a provider; otherwise it is a chat on the mock, or where the flags say. */
  readonly ownTarget: boolean
  /** The scenario as it runs against the embedded mock, which may be set to show what the template is for. */
  readonly scenario: Data
  /** Comments above keys of the scenario, by key. */
  readonly comments: Readonly<Record<string, string>>
}

/** Messages in all, or undefined when time decides. */
export function totalMessages({ perIteration, iterations }: Messages): number | undefined {
  return iterations === undefined ? undefined : perIteration * iterations
}

/** What nearly every template asks of a target. */
export const FEW_ERRORS = 'errors ratio < 5%'

/** The text of a file of the folder `scenarios/templates`. */
export const templateText = (file: string): string => packagedText(`scenarios/templates/${file}`)

/** The template in the file of that name. */
export function readTemplate(name: string, group: Pick<ScenarioTemplate, 'category' | 'ownTarget'>): ScenarioTemplate {
  const document = parseDocument(templateText(`${name}.yaml`))
  const pairs = isMap(document.contents) ? document.contents.items : []
  const comments = pairs.flatMap(({ key }) =>
    isScalar(key) && key.commentBefore ? [[String(key.value), commentOf(key.commentBefore)]] : [],
  )
  const [, ...about] = commentOf(document.commentBefore ?? '').split('\n')
  return templateOf({ ...group, about, scenario: document.toJS(), comments: Object.fromEntries(comments) })
}

/** A template with what its scenario says of it. */
export function templateOf(written: Omit<ScenarioTemplate, 'name' | 'summary' | 'messages'>): ScenarioTemplate {
  const { name, description, steps, load } = written.scenario as {
    name: string
    description: string
    steps: Step[]
    load: Phase[]
  }
  const messages = { perIteration: messagesIn(steps), iterations: iterationsOf(load) }
  return { ...written, name, summary: description, messages }
}

/** The library keeps the space that stands after each number sign. */
function commentOf(text: string): string {
  return text.replace(/^ /gm, '')
}

interface Step {
  readonly message?: unknown
  readonly request?: object
  readonly loop?: { readonly times: unknown; readonly steps: readonly Step[] }
  readonly then?: readonly Step[]
}

/** Messages of the steps, by the first way where they branch; a loop whose rounds are drawn only now and then comes on top. */
function messagesIn(steps: readonly Step[]): number {
  const counts = steps.map(({ message, request, loop, then = [] }) => {
    if (loop) return typeof loop.times === 'number' ? loop.times * messagesIn(loop.steps) : 0
    if (request) return 'disconnect' in request ? 0 : 1
    return message === undefined ? messagesIn(then) : 1
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

interface Phase {
  readonly users?: unknown
  readonly iterations?: number
  readonly iterationsPerUser?: number
}

function iterationsOf(load: readonly Phase[]): number | undefined {
  const counts = load.map(
    ({ iterations, iterationsPerUser, users }) => iterations ?? (iterationsPerUser ?? Number.NaN) * Number(users),
  )
  const sum = counts.reduce((total, count) => total + count, 0)
  return Number.isNaN(sum) ? undefined : sum
}
