import { UsageError } from '../errors.ts'
import { type FileFormat, scenarioText } from './emit.ts'
import { type ChosenTarget, chosenTarget, isMock, MOCK, type TargetChoice } from './target-block.ts'
import { type Data, FEW_ERRORS, type ScenarioTemplate } from './template.ts'

/** The options for writing a template to a scenario file: its format, target and load. */
export interface TemplateOptions {
  readonly format: FileFormat
  readonly choice?: TargetChoice
  /** Load phases that replace those of the template; left out to keep them. */
  readonly load?: readonly Data[]
  /** Name of the file, for the comment on how to run it; undefined for no comment. */
  readonly file?: string
}

/**
 * Returns the scenario of a template as plain data, with the target that the user chose. `load`, if given, replaces its load. @throws UsageError for
 * an unknown preset
 */
function parts(template: ScenarioTemplate, choice: TargetChoice, load: readonly Data[] | undefined) {
  const { name, description, target, vars, ...body } = template.scenario
  const chosen = target === undefined ? ownTargets(template, choice) : targetOf(template, target as Data, choice)
  const ownVars = { ...chosen?.vars, ...(vars as Data | undefined) } // the templates write records there
  const scenario: Data = {
    name,
    description,
    ...(chosen && { target: chosen.target }),
    ...(Object.keys(ownVars).length > 0 ? { vars: ownVars } : {}),
    ...(chosen && !chosen.mock ? forReal(body) : body),
    ...(load === undefined ? {} : { load }),
  }
  return { scenario, chosen }
}

/** Words that the reply of a real model must contain at certain steps, by step name; the mock server remembers nothing. */
const RECALLED: Readonly<Record<string, readonly string[]>> = {
  'recall month': ['April'],
  'recall cities': ['Kyoto'],
  'recall all': ['Morgan', 'daughter', 'April', 'Kyoto', 'Hiroshima', 'fish'],
}

/** Adapts a scenario to a real target: adds checks that the mock cannot pass, and removes those for faults that only the mock makes. */
function forReal(body: Data): Data {
  const { steps, thresholds } = body as { steps: readonly { readonly name?: string }[]; thresholds: readonly unknown[] }
  return {
    ...body,
    steps: steps.map((step) => {
      const words = RECALLED[step.name ?? '']
      return words ? { ...step, expect: [{ 'icontains-all': words }] } : step
    }),
    thresholds: thresholds.map((threshold) => (MANY_ERRORS.test(String(threshold)) ? FEW_ERRORS : threshold)),
  }
}

const MANY_ERRORS = /^errors ratio < [1-9]\d%$/

/** Rejects flags on address, preset or model for a template with several targets, since none fits them all. @throws UsageError */
function ownTargets({ name }: ScenarioTemplate, choice: TargetChoice): undefined {
  const flag = (['preset', 'url', 'model'] as const).find((key) => choice[key] !== undefined && choice[key] !== MOCK)
  if (flag !== undefined)
    throw new UsageError(
      `${name} has several targets, so --${flag} does not say which of them is meant`,
      'leave it out, and write the addresses under targets: in the file',
    )
  return undefined
}

/** Returns the target of a rendered template: its own, at the chosen address if there is one, or the chosen chat target. @throws UsageError */
function targetOf(template: ScenarioTemplate, written: Data, choice: TargetChoice): ChosenTarget {
  const { mock, ...target } = written
  const base = template.ownTarget ? ownTarget(template, target, choice) : chatTarget(target, choice)
  return base.mock && mock !== undefined ? { ...base, target: { ...base.target, mock } } : base
}

/** Returns the chosen chat target, together with the template's other target keys, such as a limit on the reply. */
function chatTarget({ preset: _preset, url: _url, model: _model, ...needed }: Data, choice: TargetChoice): ChosenTarget {
  const chosen = chosenTarget(choice)
  return { ...chosen, target: { ...chosen.target, ...needed } }
}

function ownTarget(template: ScenarioTemplate, target: Data, choice: TargetChoice): ChosenTarget {
  const preset = typeof target.preset === 'string' ? target.preset : undefined
  if (choice.preset !== undefined && preset === undefined)
    throw new UsageError(
      `${template.name} speaks a protocol of its own, so --preset means nothing to it`,
      'change its address with --url',
    )
  if (choice.preset !== undefined && choice.preset !== preset) return chosenTarget(choice)
  const elsewhere = !isMock(choice) && preset !== undefined ? chosenTarget({ ...choice, preset }) : undefined
  const address = choice.url === undefined ? {} : { url: choice.url }
  const model = choice.model === undefined ? {} : { model: choice.model }
  const { url: _mock, ...rest } = target
  return {
    target: elsewhere ? { ...rest, ...elsewhere.target } : { ...target, ...address, ...model },
    comment: elsewhere?.comment ?? template.comments.target ?? '',
    vars: elsewhere?.vars ?? (preset === undefined ? {} : chosenTarget({ preset, url: 'mock:' }).vars),
    mock: elsewhere === undefined && String(choice.url ?? target.url).startsWith('mock:'),
  }
}

/**
 * Returns the text of the scenario file for a template.
 * @throws UsageError for an unknown preset, or when the template cannot have the chosen preset, address or model
 */
export function renderTemplate(template: ScenarioTemplate, options: TemplateOptions): string {
  const { scenario, chosen } = parts(template, options.choice ?? {}, options.load)
  const run = options.file === undefined ? [] : [`  burn run ${options.file}`]
  return scenarioText(scenario, options.format, {
    inFolder: options.file !== undefined,
    head: [/[.?!]$/.test(template.summary) ? template.summary : `${template.summary}.`, ...template.about, ...run],
    keys: { ...template.comments, ...(chosen?.comment ? { target: chosen.comment } : {}) },
  })
}
