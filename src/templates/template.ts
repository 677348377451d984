/** What a scenario template is, and the few words its steps are written in. */

/** Plain data that becomes a scenario file. */
export type Data = Readonly<Record<string, unknown>>

/** Groups of `burn generate --list`, in the order in which they are printed. */
export const CATEGORIES = [
  'Stress test',
  'Edge case',
  'Context',
  'Performance',
  'Logic',
  'Krawall',
  'Attack surface',
  'Resilience',
  'Seed',
  'Stream Testbench',
  'Protocols',
  'Load shapes',
  'Providers',
  'CI',
] as const

type Category = (typeof CATEGORIES)[number]

/** How many messages a template sends: in one iteration, and how often that is walked through. */
export interface Messages {
  readonly perIteration: number
  /** Iterations of all users together; undefined when time decides. */
  readonly iterations?: number
  /** What the count depends on. */
  readonly note?: string
}

/** Where a generated file sends its load. */
interface Setting {
  /** The embedded mock: replies are made-up words, so a file must not insist on what they mean. */
  readonly mock: boolean
}

/** A scenario that `burn generate` can write. */
export interface Template {
  /** Also the name of the scenario and, in `fileName`'s absence, of the file. */
  readonly name: string
  readonly category: Category
  /** One line: the description of the scenario and of the list. */
  readonly summary: string
  /** Lines of comment at the top of the file. */
  readonly about?: readonly string[]
  readonly messages: Messages
  /** A target of its own, for a protocol or a provider; left out: a chat on the mock, or where the flags say. */
  readonly target?: Data
  /** Keys that its target needs wherever it is, such as a bound on the reply. */
  readonly targetKeys?: Data
  /** Settings of the mock that show what the template is for. */
  readonly mock?: Data
  /** Everything but name, description and target. */
  readonly scenario: (setting: Setting) => Data
  /** Comments above keys of the scenario, by key. */
  readonly comments?: Readonly<Record<string, string>>
}

/** Messages in all, or undefined when time decides. */
export function totalMessages({ perIteration, iterations }: Messages): number | undefined {
  return iterations === undefined ? undefined : perIteration * iterations
}

/** A chat turn. */
export function say(message: string, name: string, more: Data = {}): Data {
  return { message, name, ...more }
}

/** Think time. */
export function think(delay: string): Data {
  return { delay }
}

/** Rounds of steps. */
export function loop(times: number, ...steps: readonly Data[]): Data {
  return { loop: { times, steps } }
}

/** The steps, with think time after each message, also inside loops and branches. */
export function spaced(delay: string, ...steps: readonly Data[]): Data[] {
  return steps.flatMap((step) => ('message' in step ? [step, think(delay)] : [within(delay, step)]))
}

function within(delay: string, step: Data): Data {
  // The builders above are the only ones that make steps with steps inside.
  const { loop: rounds, then, else: other } = step as { loop?: { steps: Data[] }; then?: Data[]; else?: Data[] }
  return {
    ...step,
    ...(rounds && { loop: { ...rounds, steps: spaced(delay, ...rounds.steps) } }),
    ...(then && { then: spaced(delay, ...then) }),
    ...(other && { else: spaced(delay, ...other) }),
  }
}

/** Each of `users` walks through the steps `repetitions` times. */
export function repeated(repetitions: number, users = 1): Data[] {
  return [{ iterationsPerUser: repetitions, users }]
}

/** What nearly every template asks of a target. */
export const FEW_ERRORS = 'errors ratio < 5%'

/** A conversation that `users` walk through `rounds` times each, with a pause after each message. */
interface Talk extends Omit<Template, 'messages' | 'scenario'> {
  readonly rounds: number
  readonly users?: number
  /** What the count of messages depends on. */
  readonly note?: string
  readonly pause: string
  /** Keys of the scenario above its steps. */
  readonly keys: Data
  readonly steps: readonly Data[] | ((setting: Setting) => readonly Data[])
  /** Beside that few errors are allowed. */
  readonly thresholds?: readonly unknown[]
}

/** The template of a conversation. */
export function talk({ rounds, users = 1, note, pause, keys, steps, thresholds = [], ...template }: Talk): Template {
  const stepsIn = (setting: Setting) => (typeof steps === 'function' ? steps(setting) : steps)
  const perIteration = turnsIn(stepsIn({ mock: true }))
  return {
    ...template,
    messages: { perIteration, iterations: rounds * users, ...(note !== undefined && { note }) },
    scenario: (setting) => ({
      load: repeated(rounds, users),
      ...keys,
      steps: spaced(pause, ...stepsIn(setting)),
      thresholds: [FEW_ERRORS, ...thresholds],
    }),
  }
}

/** Messages of the steps, by the first way where they branch. */
function turnsIn(steps: readonly Data[]): number {
  const turns = steps.map((step) => {
    const { loop: rounds, then = [] } = step as { loop?: { times: number; steps: Data[] }; then?: Data[] }
    return rounds ? rounds.times * turnsIn(rounds.steps) : 'message' in step ? 1 : turnsIn(then)
  })
  return turns.reduce((sum, count) => sum + count, 0)
}
