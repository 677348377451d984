/** Uses stored answers of a judge, so that no question is paid for twice. */
import { createHash } from 'node:crypto'
import { TemplateError, type Tree } from '../../language/template/template.ts'
import type { Assignment } from '../../language/template/variables.ts'
import type { JudgeAnswers, JudgeQuestion } from '../../metrics/judge/asked.ts'
import type { PlannedJudge } from '../../scenario/compile/plan.ts'
import type { Question } from './judge-plan.ts'

/** A store of the answers that judges gave in earlier runs. Each answer has a key computed from its question. */
export interface KnownAnswers {
  get(key: string): string | undefined
  /** Stores an answer. Does not throw when it cannot be stored. */
  add(key: string, answer: string): void
}

/** The questions of one run to a judge model, together with the answers that earlier runs have stored for some of them. */
export class Remembered {
  /** The questions without a stored answer, which have to be asked. */
  readonly left: readonly Question[]
  private readonly known: KnownAnswers | undefined
  private readonly questions: readonly Question[]
  private readonly keys: readonly string[]
  /** The places of the questions in `left` among all. */
  private readonly places: readonly number[]
  private readonly answers: readonly (string | undefined)[]

  /**
   * Looks up the stored answers to questions. `known` is the store, `vars` are the variables of the scenario. Every question has to be asked when
   * `known` is undefined, when the judge has no `cache`, and when the model that is asked is not known before the run.
   */
  constructor(
    { cache, target }: PlannedJudge,
    questions: readonly Question[],
    known: KnownAnswers | undefined,
    vars: readonly Assignment[],
  ) {
    const settings = cache && known ? settingsOf(target, vars) : undefined
    this.known = settings ? known : undefined
    this.questions = questions
    this.keys = settings ? keysOf(settings, questions) : []
    this.answers = this.keys.map((key) => this.known?.get(key))
    this.places = questions.flatMap((_, i) => (this.answers[i] === undefined ? [i] : []))
    this.left = questions.filter((_, i) => this.answers[i] === undefined)
  }

  /** Stores the answer to a question, which is given by its place in `left`, unless it is not readable. */
  keep(place: number, text: string): void {
    const key = this.keys[this.places[place] ?? -1]
    if (key !== undefined && this.left[place]?.isAnswer(text)) this.known?.add(key, text)
  }

  /** Returns the answers to all questions: stored ones, and those that were `given` now, in the order of `left`. */
  with(given: JudgeAnswers): JudgeAnswers {
    const rest = given.questions[Symbol.iterator]()
    const questions = this.questions.map((_, i): JudgeQuestion => {
      const text = this.answers[i]
      if (text !== undefined) return { state: 'answered', text, remembered: true }
      return rest.next().value ?? { state: 'unasked' }
    })
    return { ...given, questions }
  }
}

/**
 * Returns the settings of a target that decide about its answers, rendered with the variables that have fixed values; undefined when they read other
 * variables, or random values.
 */
function settingsOf(target: PlannedJudge['target'], vars: readonly Assignment[]): readonly unknown[] | undefined {
  const { dialectName, model, url, query, body, mapping, chat, mock } = target
  // The mapping of the dialect `generic` puts the question in the place of `message`.
  const scope: Record<string, unknown> = { message: '' }
  for (const { name, value } of vars) if (value.static) scope[name] = value.render({})
  const isKnown = ({ reads }: Pick<Tree, 'reads'>) => reads.every((name) => Object.hasOwn(scope, name))
  try {
    if (!isKnown(model)) return undefined
    scope.model = model.render(scope)
    const trees = [url, query, body, mapping]
    return trees.every(isKnown)
      ? [dialectName, scope.model, trees.map((tree) => tree.render(scope)), chat, mock ?? null]
      : undefined
  } catch (error) {
    if (error instanceof TemplateError) return undefined
    throw error
  }
}

/**
 * Returns the keys of questions: equal for the same instructions and text to the same model with the same settings. A question that is asked twice on
 * purpose gets two keys.
 */
function keysOf(settings: readonly unknown[], questions: readonly Question[]): string[] {
  const counts = new Map<string, number>()
  return questions.map(({ task, about }) => {
    const key = createHash('sha256')
      .update(JSON.stringify([...settings, task, about]))
      .digest('hex')
    const before = counts.get(key) ?? 0
    counts.set(key, before + 1)
    return before === 0 ? key : `${key}-${before + 1}`
  })
}
